# The example server under drainit as a Nomad job, with the Docker driver.
# docs/guides/nomad.md has what follows from what.
job "example-server" {
  group "server" {
    count = 3

    update {
      max_parallel     = 1
      canary           = 3 # as many as count: all new ones are healthy before an old one goes
      auto_promote     = true
      min_healthy_time = "5s"
    }

    network {
      port "http" { to = 8080 }
      port "drainit" { to = 10143 }
    }

    service {
      name = "example-server"
      port = "http"

      check {
        type     = "http"
        port     = "drainit"
        path     = "/readyz"
        interval = "2s"
        timeout  = "1s"
      }
    }

    task "server" {
      driver       = "docker"
      kill_timeout = "30s" # Nomad's default is 5s; at most the client's max_kill_timeout

      config {
        image      = "drainit-example-server"
        entrypoint = ["/drainit", "--"]
        args       = ["/server", "-response-time", "500ms"]
        ports      = ["http", "drainit"]
      }

      env {
        DRAINIT_GRACE_PERIOD = "30s" # the same as kill_timeout
      }
    }
  }
}
