<?php
// /sleep/N takes N s. sleep() would return early at a signal.
$end = microtime(true) + (int) substr($_SERVER["REQUEST_URI"], strlen("/sleep/"));
while (microtime(true) < $end) {
	usleep(10000);
}
header("Content-Length: 3");
echo "ok\n";
