# A Rack application: /sleep/N takes N s.
run lambda { |env|
  sleep Integer($1) if env["PATH_INFO"] =~ %r{\A/sleep/(\d+)}
  [200, { "content-type" => "text/plain", "content-length" => "3" }, ["ok\n"]]
}
