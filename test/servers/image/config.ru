# A Rack application: /slow takes 3 s.
run lambda { |env|
  sleep 3 if env["PATH_INFO"] == "/slow"
  [200, { "Content-Type" => "text/plain", "Content-Length" => "3" }, ["ok\n"]]
}
