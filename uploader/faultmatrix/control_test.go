package faultmatrix

import (
	"time"

	"chute/uploader/fault"
	"chute/uploader/storetest"
)

// controlRows are faults of the calls around the bytes.
var controlRows = []row{
	{name: "create: reset", at: creating, times: 2, fault: storetest.CutAfter(0), want: survives()},
	{name: "create: 500", at: creating, times: 2, fault: storetest.Answer(500, "InternalError", ""), want: survives()},
	{name: "create: 503", at: creating, times: 1, fault: storetest.Answer(503, "SlowDown", "", "Retry-After", "1"), want: survives()},
	{
		name: "create: 503 for ever", at: creating, fault: storetest.Answer(503, "SlowDown", ""), want: fails(fault.Throttled, attempts),
		but: map[string]want{"backend multipart": fails(fault.Backend, attempts)},
	},
	{name: "create: denied", at: creating, fault: storetest.Answer(403, "AccessDenied", ""), want: fails(fault.Denied, once)},
	{name: "create: stalled", at: creating, times: 1, fault: storetest.StallAfter(all), want: survives()},
	{
		name: "create: answer lost", at: creating, times: 1, fault: storetest.DropAnswer(), want: survives(),
		but: map[string]want{"backend multipart": {stray: true}},
	},
	{name: "create: answer cut", at: creating, times: 1, fault: storetest.CutAnswer(200), want: survives()},
	{name: "create: a sign-in page", at: creating, times: 1, fault: signIn, want: survives()},
	{
		name: "create: an empty success", at: creating, times: 1, fault: storetest.Answer(200, "", ""), want: survives(),
		but: map[string]want{"backend multipart": fails(fault.Backend, once)},
	},

	{name: "complete: an error inside a 200", at: completing, only: []string{"local multipart"}, times: 2, fault: storetest.Answer(200, "InternalError", ""), want: survives()},
	{name: "complete: 500", at: completing, times: 2, fault: storetest.Answer(500, "InternalError", ""), want: survives()},
	{
		name: "complete: 500 for ever", at: completing, fault: storetest.Answer(500, "InternalError", ""), want: fails(fault.Internal, attempts),
		but: map[string]want{"backend multipart": fails(fault.Backend, attempts)},
	},
	{name: "complete: 503", at: completing, times: 1, fault: storetest.Answer(503, "SlowDown", "", "Retry-After", "1"), want: survives()},
	{name: "complete: reset", at: completing, times: 2, fault: storetest.CutAfter(10), want: survives()},
	{name: "complete: answer lost", at: completing, times: 1, fault: storetest.DropAnswer(), want: survives()},
	{name: "complete: answer cut", at: completing, times: 1, fault: storetest.CutAnswer(200), want: survives()},
	{name: "complete: stalled", at: completing, times: 1, fault: storetest.StallAfter(all), want: survives()},
	{name: "complete: done, then nothing", at: completing, times: 1, fault: storetest.DoneThen(storetest.StallAfter(0)), want: survives()},
	{name: "complete: answer stalled", at: completing, times: 1, fault: storetest.StallAnswer(), want: survives()},
	{name: "complete: works for longer than silence would be borne", at: completing, only: []string{"local multipart"}, times: 1, fault: storetest.Blanks(time.Second, 8), want: survives()},
	{name: "complete: done, then 500", at: completing, times: 1, fault: storetest.DoneThen(storetest.Answer(500, "InternalError", "")), want: survives()},
	{name: "complete: no such upload, once", at: completing, only: []string{"local multipart"}, times: 1, fault: noSuchUpload, want: survives()},
	{name: "complete: no such upload, for ever", at: completing, only: []string{"local multipart"}, fault: noSuchUpload, want: fails(fault.Changed, wholeObject)},
	{name: "complete: denied", at: completing, fault: storetest.Answer(403, "AccessDenied", ""), want: fails(fault.Denied, once)},
	{name: "complete: expired", at: completing, only: []string{"local multipart"}, times: 1, fault: storetest.Answer(403, "AccessDenied", "Request has expired"), want: survives()},
	{name: "complete: a sign-in page", at: completing, only: []string{"local multipart"}, times: 1, fault: signIn, want: survives()},

	{name: "look: 500", at: looking, only: []string{"local single"}, setup: noChecksumsAtAll, times: 2, fault: storetest.Answer(500, "", ""), want: survives()},
	{name: "look: reset", at: looking, only: []string{"local single"}, setup: noChecksumsAtAll, times: 1, fault: storetest.CutAfter(0), want: survives()},
	{name: "look: denied", at: looking, only: []string{"local single"}, setup: noChecksumsAtAll, fault: storetest.Answer(403, "", ""), want: survives()},
	{name: "look: another size", at: looking, only: []string{"local single"}, setup: noChecksumsAtAll, fault: storetest.Claim("Content-Length", "7"), want: fails(fault.Checksum, wholeObject)},

	{name: "abort: 500", at: aborting, setup: denied, times: 2, fault: storetest.Answer(500, "InternalError", ""), want: fails(fault.Denied, 0)},
	{name: "abort: reset", at: aborting, setup: denied, times: 1, fault: storetest.CutAfter(0), want: fails(fault.Denied, 0)},
	{name: "abort: answer lost", at: aborting, setup: denied, times: 1, fault: storetest.DropAnswer(), want: fails(fault.Denied, 0)},
}

// noChecksumsAtAll makes the program look at the object when it is done.
func noChecksumsAtAll(r *rig) {
	for _, k := range []storetest.Kind{storetest.Put, storetest.PartPut} {
		r.store.Fault(storetest.On(k), storetest.Strip(crcHeader))
	}
}

// denied makes the transfer fail after its first part.
func denied(r *rig) {
	r.store.Fault(storetest.OnPart(2), storetest.Answer(403, "AccessDenied", ""))
}
