#!/bin/sh
# /sleep/N takes N s.
sleep "${REQUEST_URI#/sleep/}"
printf 'Content-Type: text/plain\r\n\r\nok\n'
