package main

import "time"

func markdown(results []result, versions string, at time.Time) string { return "" }
