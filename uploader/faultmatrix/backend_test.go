package faultmatrix

import (
	"chute/uploader/fault"
	"chute/uploader/storetest"
)

// backendRows are faults of the backend itself, when it is asked to sign.
var backendRows = []row{
	{name: "backend: reset", at: asking, times: 2, fault: storetest.CutAfter(0), want: survives()},
	{name: "backend: answer lost", at: asking, times: 2, fault: storetest.DropAnswer(), want: survives()},
	{name: "backend: answer cut", at: asking, times: 1, fault: storetest.CutAnswer(150), want: survives()},
	{name: "backend: half-closed", at: asking, times: 1, fault: storetest.HalfClose(all), want: survives()},
	{name: "backend: stalled", at: asking, times: 1, fault: storetest.StallAfter(all), want: survives()},
	{name: "backend: 500", at: asking, times: 2, fault: storetest.Page(500, "application/json", `{"message":"oops"}`), want: survives()},
	{name: "backend: 500 for ever", at: asking, fault: storetest.Page(500, "application/json", `{"message":"oops"}`), want: fails(fault.Backend, 2*attempts)},
	{name: "backend: 502 of a proxy, in HTML", at: asking, times: 2, fault: storetest.Page(502, "text/html", badGateway), want: survives()},
	{name: "backend: 503 with Retry-After", at: asking, times: 1, fault: storetest.Page(503, "application/json", "{}", "Retry-After", "1"), want: survives()},
	{name: "backend: 429", at: asking, times: 1, fault: storetest.Page(429, "application/json", "{}"), want: survives()},
	{name: "backend: 401", at: asking, fault: storetest.Page(401, "application/json", "{}"), want: fails(fault.Denied, 2*once)},
	{
		name: "backend: 404", at: asking, fault: storetest.Page(404, "application/json", "{}"), want: fails(fault.Backend, 2*once),
		but: map[string]want{"backend multipart": fails(fault.Changed, 4)},
	},
	{name: "backend: 413", at: asking, fault: storetest.Page(413, "application/json", `{"message":"at most 1 MB"}`), want: fails(fault.TooLarge, 2*once)},
	{name: "backend: null", at: asking, fault: storetest.Page(200, "application/json", "null"), want: fails(fault.Backend, 2*attempts)},
	{name: "backend: an answer that breaks off", at: asking, fault: storetest.Page(200, "application/json", `{"url":"http`), want: fails(fault.Backend, 2*once)},
	{name: "backend: an endless answer", at: asking, fault: storetest.Endless(200, 64<<20), want: fails(fault.Backend, 2*attempts)},
	{name: "backend: a sign-in page", at: asking, times: 2, fault: signIn, want: survives()},
	{name: "backend: a sign-in page for long", at: asking, times: 20, fault: signIn, want: fails(fault.Offline, 2*attempts)},
	{name: "backend: a redirect to a sign-in page", at: asking, times: 2, fault: toSignIn, want: survives()},
	{
		name: "backend: an address elsewhere", at: asking, fault: storetest.Page(200, "application/json",
			`{"presigned_url":"http://192.0.2.1/x","url":"http://192.0.2.1/x","fields":{"key":"k"},"presignedUrls":{"1":"http://192.0.2.1/x","2":"http://192.0.2.1/x"}}`),
		want: fails(fault.Backend, 2*once),
	},

	{name: "link: 500", at: linking, times: 2, fault: storetest.Page(500, "application/json", "{}"), want: survives()},
	{name: "link: answer lost", at: linking, times: 1, fault: storetest.DropAnswer(), want: survives()},
}
