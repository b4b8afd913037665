# /sleep/N takes N s.
library(httpuv)
app <- list(call = function(req) {
  seconds <- sub("^/sleep/", "", req$PATH_INFO)
  if (seconds != req$PATH_INFO) Sys.sleep(as.numeric(seconds))
  list(status = 200L, headers = list("Content-Type" = "text/plain"), body = "ok\n")
})
startServer("127.0.0.1", 8080, app)
repeat service(1000)
