package uploader

import (
	"crypto/tls"
	"crypto/x509"
	"net"
	"net/http"
	"net/url"
	"time"
)

// NewTransport makes the HTTP transport for stores: HTTP/1.1, so that each
// part has a connection of its own, TLS 1.2 or later, with roots (nil: the
// system's) to trust and proxy to ask (nil: none). It keeps as many
// connections as there may be slots.
func NewTransport(roots *x509.CertPool, proxy func(*http.Request) (*url.URL, error)) *http.Transport {
	var http1 http.Protocols
	http1.SetHTTP1(true)
	dialer := &net.Dialer{Timeout: 10 * time.Second, KeepAlive: 15 * time.Second}
	return &http.Transport{
		Proxy:                 proxy,
		DialContext:           dialer.DialContext,
		TLSClientConfig:       &tls.Config{RootCAs: roots, MinVersion: tls.VersionTLS12},
		TLSHandshakeTimeout:   15 * time.Second,
		Protocols:             &http1,
		DisableCompression:    true,
		MaxIdleConnsPerHost:   int(Full),
		IdleConnTimeout:       60 * time.Second,
		ExpectContinueTimeout: time.Second,
		WriteBufferSize:       64 << 10,
		ReadBufferSize:        4 << 10,
	}
}
