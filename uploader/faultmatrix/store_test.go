package faultmatrix

import (
	"chute/uploader/fault"
	"chute/uploader/storetest"
)

// storeRows are what a store, or something before it, may say instead of
// taking bytes.
var storeRows = []row{
	{name: "500", times: 2, fault: storetest.Answer(500, "InternalError", "We encountered an internal error."), want: survives()},
	{name: "500 for ever", fault: storetest.Answer(500, "InternalError", ""), want: fails(fault.Internal, attempts)},
	{name: "500 without a document", times: 1, fault: storetest.Answer(500, "", ""), want: survives()},
	{name: "503", times: 2, fault: storetest.Answer(503, "SlowDown", "Please reduce your request rate."), want: survives()},
	{name: "503 before the body was read", times: 1, fault: storetest.Refuse(503, "SlowDown"), want: survives()},
	{name: "503 with Retry-After", times: 1, fault: storetest.Answer(503, "SlowDown", "", "Retry-After", "2"), want: survives()},
	{name: "503 with x-amz-retry-after", times: 1, fault: storetest.Answer(503, "SlowDown", "", "X-Amz-Retry-After", "1500"), want: survives()},
	{name: "503 with a Retry-After that is no number", times: 1, fault: storetest.Answer(503, "SlowDown", "", "Retry-After", "soon"), want: survives()},
	{name: "503 for ever", fault: storetest.Answer(503, "SlowDown", ""), want: fails(fault.Throttled, attempts)},
	{name: "429", times: 1, fault: storetest.Answer(429, "TooManyRequests", ""), want: survives()},
	{name: "429 without a document", times: 1, fault: storetest.Answer(429, "", ""), want: survives()},
	{name: "RequestTimeout", times: 2, fault: storetest.Answer(400, "RequestTimeout", "Your socket connection to the server was not read from or written to within the timeout period."), want: survives()},
	{name: "408", times: 1, fault: storetest.Answer(408, "", ""), want: survives()},
	{name: "409", times: 1, fault: storetest.Answer(409, "OperationAborted", ""), want: survives()},
	{name: "IncompleteBody", times: 1, fault: storetest.Answer(400, "IncompleteBody", ""), want: survives()},
	{name: "499", times: 1, fault: storetest.Answer(499, "", ""), want: survives()},
	{name: "502 of a proxy, in HTML", times: 2, fault: storetest.Page(502, "text/html", badGateway), want: survives()},
	{name: "504 of a proxy, in HTML", times: 1, fault: storetest.Page(504, "text/html", badGateway), want: survives()},
	{name: "520 of a proxy, in HTML", times: 1, fault: storetest.Page(520, "text/html", badGateway), want: survives()},
	{name: "an error inside a 200", times: 1, fault: storetest.Answer(200, "InternalError", ""), want: survives()},

	{name: "expired", times: 2, fault: storetest.Answer(403, "AccessDenied", "Request has expired"), want: survives()},
	{name: "expired for ever", fault: storetest.Answer(403, "AccessDenied", "Request has expired"), want: fails(fault.Expired, resignings)},
	{name: "skewed", times: 1, fault: storetest.Answer(403, "RequestTimeTooSkewed", ""), want: survives()},
	{name: "skewed for ever", fault: storetest.Answer(403, "RequestTimeTooSkewed", ""), want: fails(fault.ClockSkew, resignings)},
	{name: "denied", fault: storetest.Answer(403, "AccessDenied", "Access Denied"), want: fails(fault.Denied, once)},
	{name: "403 without a document", fault: storetest.Answer(403, "", ""), want: fails(fault.Denied, once)},
	{name: "another key", fault: storetest.Answer(403, "InvalidAccessKeyId", ""), want: fails(fault.Signature, once)},
	{name: "another secret", fault: storetest.Answer(403, "SignatureDoesNotMatch", ""), want: fails(fault.Signature, once)},
	{name: "no bucket", fault: storetest.Answer(404, "NoSuchBucket", ""), want: fails(fault.NoBucket, once)},
	{name: "another region", fault: storetest.Page(400, "application/xml", otherRegion), want: fails(fault.WrongRegion, once)},
	{name: "301 to another region", fault: storetest.Answer(301, "PermanentRedirect", "", "X-Amz-Bucket-Region", "eu-west-1"), want: fails(fault.WrongRegion, once)},
	{name: "307 to another region", fault: storetest.Answer(307, "TemporaryRedirect", "", "Location", "http://127.0.0.1:1/"), want: fails(fault.WrongRegion, once)},
	{name: "too large", fault: storetest.Answer(400, "EntityTooLarge", ""), want: fails(fault.TooLarge, once)},
	{name: "413 of a proxy", fault: storetest.Page(413, "text/html", badGateway), want: fails(fault.TooLarge, once)},
	{name: "full", fault: storetest.Answer(507, "", ""), want: full},
	{name: "over its quota", fault: storetest.Answer(403, "QuotaExceeded", ""), want: full},
	{name: "not implemented", fault: storetest.Answer(501, "NotImplemented", ""), want: fails(fault.Unsupported, once)},

	{name: "no such upload, for the first part", only: multipart, times: 1, fault: noSuchUpload, want: want{more: wholeObject}},
	{name: "no such upload, between parts", only: multipart, after: 1, times: 1, fault: noSuchUpload, want: want{more: wholeObject}},
	{name: "no such upload, for ever", only: multipart, fault: noSuchUpload, want: fails(fault.Changed, wholeObject)},

	{name: "an error that breaks off", times: 1, fault: storetest.Page(500, "application/xml", `<?xml version="1.0"?><Error><Code>Intern`), want: survives()},
	{name: "a refusal that the line cut", times: 1, fault: storetest.Raw("HTTP/1.1 403 Forbidden\r\nContent-Length: 500\r\n\r\n<Error><Code>Reque"), want: survives()},
	{name: "an endless error", times: 1, fault: storetest.Endless(500, 64<<20), want: survives()},
	{
		name: "an endless success", times: 1, fault: storetest.Endless(200, 64<<20), want: survives(),
		but: map[string]want{"backend single": {more: 1}, "backend form": {more: 1}},
	},
	{name: "no HTTP", times: 1, fault: storetest.Raw("220 mail.example.org ESMTP\r\n"), want: survives()},
	{name: "no HTTP for ever", fault: storetest.Raw("220 mail.example.org ESMTP\r\n"), want: fails(fault.Offline, attempts)},
	{name: "no answer at all", times: 1, fault: storetest.Raw(""), want: survives()},
	{name: "a head without end", times: 1, fault: storetest.Raw("HTTP/1.1 200 OK\r\n" + longHead()), want: survives()},

	// A public network that wants its user to sign in.
	{name: "a sign-in page instead of the store", times: 2, fault: signIn, want: survives()},
	{name: "a sign-in page for long", times: 20, fault: signIn, want: fails(fault.Offline, attempts), but: waited},
	{name: "a redirect to a sign-in page", times: 2, fault: toSignIn, want: survives()},
	{name: "a redirect to a sign-in page, for long", times: 20, fault: toSignIn, want: fails(fault.Offline, attempts), but: waited},
}

var (
	multipart = []string{"local multipart", "backend multipart"}
	full      = want{code: fault.Internal, variant: fault.StoreFull, tries: once}

	// A store that has answered before, here to create, is waited for.
	waited = map[string]want{"local multipart": survives()}

	noSuchUpload = storetest.Answer(404, "NoSuchUpload", "The specified upload does not exist.")
	signIn       = storetest.Page(200, "text/html; charset=utf-8", "<!DOCTYPE html><html><title>Welcome to the hotel</title>")
	toSignIn     = storetest.Page(302, "text/html", "", "Location", "http://192.0.2.1/login")
)

const (
	badGateway  = "<html><head><title>Bad Gateway</title></head><body><center><h1>Bad Gateway</h1></center></body></html>"
	otherRegion = `<?xml version="1.0"?><Error><Code>AuthorizationHeaderMalformed</Code><Message>The authorization header is malformed; the region 'us-east-1' is wrong; expecting 'eu-west-1'</Message><Region>eu-west-1</Region></Error>`
)

func longHead() string {
	line := make([]byte, 1<<10)
	for i := range line {
		line[i] = 'x'
	}
	head := make([]byte, 0, 16<<20)
	for len(head) < 15<<20 {
		head = append(head, "X-Long: "...)
		head = append(head, line...)
		head = append(head, '\r', '\n')
	}
	return string(head)
}
