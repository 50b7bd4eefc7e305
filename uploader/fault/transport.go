package fault

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io/fs"
	"net"
	"net/http"
	"net/url"
	"strings"
	"syscall"
)

// FromTransport turns an error of an HTTP round trip to host into a failure.
// A context that ended becomes Cancelled.
func FromTransport(err error, host string) *Error {
	err = withoutQuery(err)
	e := &Error{Code: Offline, Variant: NotAnswering, Class: Transient, Facts: Facts{"Host": host}, Err: err}
	if errors.Is(err, context.Canceled) {
		e.Code, e.Variant, e.Class = Cancelled, "", Permanent
		return e
	}
	if v, ok := tlsVariant(err); ok {
		e.Code, e.Variant, e.Class = TLS, v, Permanent
		return e
	}
	if dns, ok := errors.AsType[*net.DNSError](err); ok {
		_ = dns
		e.Variant, e.Class = NoSuchHost, Unreachable
		return e
	}
	if op, ok := errors.AsType[*net.OpError](err); ok && op.Op == "dial" {
		e.Class = Unreachable
		return e
	}
	for _, gone := range []error{syscall.ENETUNREACH, syscall.EHOSTUNREACH, syscall.ENETDOWN, syscall.EHOSTDOWN} {
		if errors.Is(err, gone) {
			e.Class = Unreachable
		}
	}
	return e
}

func tlsVariant(err error) (Variant, bool) {
	if strings.Contains(err.Error(), "tls: bad record MAC") {
		return "", false // bytes were changed on their way: they can be sent again
	}
	if _, ok := errors.AsType[x509.UnknownAuthorityError](err); ok {
		return SelfSigned, true
	}
	if _, ok := errors.AsType[x509.HostnameError](err); ok {
		return WrongName, true
	}
	if _, ok := errors.AsType[x509.CertificateInvalidError](err); ok {
		return WrongName, true
	}
	if _, ok := errors.AsType[*tls.CertificateVerificationError](err); ok {
		return SelfSigned, true
	}
	if _, ok := errors.AsType[tls.RecordHeaderError](err); ok || errors.Is(err, http.ErrSchemeMismatch) {
		return PlainHTTP, true
	}
	if _, ok := errors.AsType[tls.AlertError](err); ok {
		return "", true
	}
	return "", strings.Contains(err.Error(), "tls: ")
}

// withoutQuery takes the signature out of what net/http says: a *url.Error
// prints the whole URL.
func withoutQuery(err error) error {
	ue, ok := errors.AsType[*url.Error](err)
	if !ok {
		return err
	}
	u, perr := url.Parse(ue.URL)
	if perr != nil {
		return ue.Err
	}
	u.RawQuery, u.User = "", nil
	return &url.Error{Op: ue.Op, URL: u.String(), Err: ue.Err}
}

// FromFile turns an error of reading the user's file into a failure.
func FromFile(err error, path string) *Error {
	if f, ok := errors.AsType[*Error](err); ok {
		return f // a file inside an archive
	}
	e := New(Unreadable, "", Facts{"Path": path}, err)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		e.Variant = Vanished
	case errors.Is(err, fs.ErrPermission):
		e.Variant = NotAllowed
	case errors.Is(err, syscall.ENOSPC):
		e.Variant = NoDisk
	}
	return e
}
