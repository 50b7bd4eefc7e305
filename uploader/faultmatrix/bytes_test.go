package faultmatrix

import (
	"net/http"
	"time"

	"chute/uploader/fault"
	"chute/uploader/internal/haste"
	"chute/uploader/storetest"
)

const (
	some = 100 << 10
	all  = 1 << 40
)

// bytesRows are what may happen to a connection and to bytes on it.
var bytesRows = []row{
	{name: "reset before the body", times: 2, fault: storetest.CutAfter(0), want: survives()},
	{name: "reset in the body", times: 2, fault: storetest.CutAfter(some), want: survives()},
	{name: "reset at the last byte", times: 2, fault: atLastByte, want: survives()},
	{name: "reset after the body", times: 2, fault: storetest.CutAfter(all), want: survives()},
	{name: "reset for ever", fault: storetest.CutAfter(some), want: fails(fault.Offline, attempts)},
	{name: "answer lost", times: 2, fault: storetest.DropAnswer(), want: survives()},
	{name: "answer cut in its head", times: 2, fault: storetest.CutAnswer(20), want: survives()},
	{name: "answer cut in its body", times: 2, fault: storetest.Raw("HTTP/1.1 200 OK\r\nETag: \"x\"\r\nContent-Length: 100\r\n\r\n<Post"), want: survives()},
	{name: "half-closed before the body", times: 1, fault: storetest.HalfClose(0), want: survives()},
	{name: "half-closed in the body", times: 1, fault: storetest.HalfClose(some), want: survives()},
	{name: "half-closed after the body", times: 1, fault: storetest.HalfClose(all), want: survives()},
	{name: "stalled before the body", times: 1, fault: storetest.StallAfter(0), want: survives()},
	{name: "stalled in the body", times: 1, fault: storetest.StallAfter(some), want: survives()},
	{name: "stalled after the body", times: 1, fault: storetest.StallAfter(all), want: survives()},
	{name: "answer stalled", times: 1, fault: storetest.StallAnswer(), want: survives()},
	{name: "answer a byte a second", times: 1, fault: storetest.TrickleAnswer(haste.Of(time.Second)), want: survives()},
	{name: "two at once", times: 1, fault: late(storetest.Refuse(503, "SlowDown")), want: survives()},

	// The first object at a store is proven when it is complete: nobody knows
	// before what the store can prove.
	{name: "corrupted in flight", times: 1, fault: storetest.Corrupt(some), want: want{more: 2}},
	{
		name: "corrupted in flight for ever", fault: storetest.Corrupt(some), want: fails(fault.Checksum, sentAgain*wholeObject),
		but: map[string]want{
			"backend single": {code: fault.Checksum, object: true}, "backend form": {code: fault.Checksum, object: true},
			"backend multipart": {code: fault.Checksum, object: true},
		},
	},
	{name: "BadDigest", times: 1, fault: storetest.Answer(400, "BadDigest", ""), want: survives()},
	{name: "BadDigest for ever", fault: storetest.Answer(400, "BadDigest", ""), want: fails(fault.Checksum, sentAgain)},

	// A store that gives no checksum, so that the ETag is what can be compared.
	{name: "wrong ETag", times: 1, setup: noChecksums, fault: storetest.Claim("ETag", wrongETag, crcHeader, ""), want: want{more: wholeObject}},
	{
		name: "wrong ETag for ever", setup: noChecksums, fault: storetest.Claim("ETag", wrongETag, crcHeader, ""), want: fails(fault.Checksum, sentAgain*wholeObject),
		but: map[string]want{
			"backend single": {code: fault.Checksum, object: true}, "backend form": {code: fault.Checksum, object: true},
			// The store cannot complete with ETags that are not its own.
			"local multipart": {code: fault.Changed}, "backend multipart": {code: fault.Backend},
		},
	},
	{name: "no ETag for a part", only: multipart, times: 1, fault: storetest.Claim("ETag", "", crcHeader, ""), want: survives()},
	{name: "corrupted on the way to a store without checksums", times: 1, setup: noChecksums, fault: storetest.Corrupt(some), want: want{more: wholeObject}},
}

const (
	crcHeader = "X-Amz-Checksum-Crc64nvme"
	wrongETag = `"00000000000000000000000000000000"`
)

// noChecksums makes the store one that does not know CRC64NVME.
func noChecksums(r *rig) {
	for _, k := range []storetest.Kind{storetest.Head, storetest.Get} {
		r.store.Fault(storetest.On(k), storetest.Strip(crcHeader))
	}
}

func atLastByte(p *storetest.Proxy, w http.ResponseWriter, r *http.Request) {
	storetest.CutAfter(r.ContentLength-1)(p, w, r)
}

// late lets a fault come after some of the body.
func late(f storetest.Fault) storetest.Fault {
	return func(p *storetest.Proxy, w http.ResponseWriter, r *http.Request) {
		r.Body.Read(make([]byte, some))
		f(p, w, r)
	}
}
