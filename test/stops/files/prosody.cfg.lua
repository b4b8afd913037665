interfaces = { "127.0.0.1" }
data_path = "/tmp/prosody"
log = { info = "*console" }
c2s_require_encryption = false
modules_enabled = { "saslauth" }
modules_disabled = { "s2s" }
VirtualHost "localhost"
