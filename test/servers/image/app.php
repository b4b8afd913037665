<?php
// /slow takes 3 s. sleep() would return early at a signal.
$end = microtime(true) + 3;
while ($_SERVER["REQUEST_URI"] === "/slow" && microtime(true) < $end) {
	usleep(10000);
}
header("Content-Length: 3");
echo "ok\n";
