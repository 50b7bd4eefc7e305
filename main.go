// Command chute sends files to S3 and gives links to share.
package main

import "chute/app"

func main() { app.Main() }
