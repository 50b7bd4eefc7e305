package sign

import (
	"net"
	"strings"
)

// IsLoopback reports whether a host, as in an address, is this computer.
func IsLoopback(host string) bool {
	if host == "localhost" || strings.HasSuffix(host, ".localhost") {
		return true
	}
	ip := net.ParseIP(host)
	return ip != nil && ip.IsLoopback()
}
