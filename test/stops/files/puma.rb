bind "tcp://0.0.0.0:8080"
force_shutdown_after 5
