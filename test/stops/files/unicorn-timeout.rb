listen 8080
worker_processes 2
timeout 5
