#!/bin/sh
# Takes so many seconds.
sleep "$1"
echo ok
