package faultmatrix

import (
	"slices"
	"testing"

	"chute/uploader"
	"chute/uploader/fault"
	"chute/uploader/storetest"
)

// stage says which of a transfer's requests a fault meets.
type stage int

const (
	carrying   stage = iota // bytes, to the store
	creating                // of a multipart upload
	completing              // of a multipart upload
	aborting                // of a multipart upload
	looking                 // at the finished object, by this program
	asking                  // a backend for a signed request
	linking                 // asking a backend for a link
	elsewhere               // the row sets itself up
)

// kind is what the requests of a stage are in a column; empty: there are none.
func (s stage) kind(c column) storetest.Kind {
	multi := map[stage]storetest.Kind{creating: storetest.Create, completing: storetest.Complete, aborting: storetest.Abort}
	switch {
	case s == carrying:
		return c.carry
	case multi[s] != "" && c.multi:
		return multi[s]
	case s == looking && c.dialect == "":
		return storetest.Head
	case s == asking && c.dialect != "":
		return storetest.Sign
	case s == linking && c.dialect == "post-form":
		return storetest.Link
	}
	return ""
}

// proxy is whom the requests of a stage go to.
func (s stage) proxy(r *rig) *storetest.Proxy {
	if r.backend == nil || s == carrying || s == looking {
		return r.store.Proxy
	}
	return r.backend.Proxy
}

// applies reports whether a row has a cell in a column.
func (r row) applies(c column) bool {
	return (r.at == elsewhere || r.at.kind(c) != "") && (r.only == nil || slices.Contains(r.only, c.name))
}

// row is a fault.
type row struct {
	name  string
	at    stage
	after int // so many requests pass first
	times int // then so many meet the fault; 0: all
	fault storetest.Fault
	setup func(*rig) // prepares what fault cannot say
	tls   bool       // the store speaks TLS
	only  []string   // columns; nil: all that have the stage
	want  want
	but   map[string]want // in these columns
}

// want is what is expected of a cell.
type want struct {
	// code is the failure that the user reads; empty: the transfer survives.
	code    fault.Code
	variant fault.Variant // empty: any
	// tries bounds how often the fault is met by each request that can meet it.
	tries int
	// more is how many requests there may be besides those that meet the fault
	// and those that there are without one: where all begins from nothing.
	more int
	// object says that the object stays in the store: backends delete nothing.
	object bool
	// stray says that an upload stays that only its backend knows of.
	stray bool
}

// survives is the usual wish: what met the fault is sent again, nothing else.
func survives() want { return want{} }

// fails is the other: with this code, after so many tries of a request.
func fails(code fault.Code, tries int) want { return want{code: code, tries: tries} }

// The numbers of tries of uploader/retry.go.
const (
	once        = 1
	attempts    = 8
	resignings  = 4
	sentAgain   = 3
	wholeObject = 2 // begun from nothing once
)

func TestMatrix(t *testing.T) {
	for _, rows := range [][]row{storeRows, bytesRows, controlRows, backendRows, lineRows, diskRows} {
		for _, r := range rows {
			for _, c := range columns {
				if !r.applies(c) {
					continue
				}
				t.Run(r.name+"/"+c.name, func(t *testing.T) {
					t.Parallel()
					cell(t, r, newRig(t, c, r.tls))
				})
			}
		}
	}
}

// cell runs one cell.
func cell(t *testing.T, row row, r *rig) {
	expected := row.want
	if w, ok := row.but[r.column.name]; ok {
		expected = w
	}
	if row.setup != nil {
		row.setup(r)
	}
	proxy, kind := row.at.proxy(r), row.at.kind(r.column)
	if row.fault != nil {
		proxy.Fault(storetest.On(kind).After(row.after).Times(row.times), r.counted(row.fault))
	}
	s := r.send()

	met := int(r.met.Load())
	if row.fault != nil && met == 0 {
		t.Error("the fault was not met")
	}
	if expected.code == "" {
		r.arrived(s, expected.stray)
		// A part that is slow, as on a busy machine, is sent once more beside.
		most := r.column.bytes + expected.more
		if r.column.multi {
			most *= 2
		}
		if row.at == carrying && proxy.Count(kind)-met > most {
			t.Errorf("%d requests carried bytes, of which %d met the fault; want %d others", proxy.Count(kind), met, most)
		}
		return
	}
	r.failed(s, expected)
	requests := 1
	if row.at == carrying {
		requests = r.column.bytes
	}
	most := expected.tries * requests
	if r.column.multi {
		most += r.column.bytes // sent once more beside
	}
	if expected.tries > 0 && met > most {
		t.Errorf("the fault was met %d times, want at most %d", met, most)
	}
}

// failed fails the test unless the transfer failed as expected and left nothing.
func (r *rig) failed(s uploader.Snapshot, w want) {
	r.t.Helper()
	if s.State != uploader.Failed || s.Err == nil || s.Err.Code != w.code || w.variant != "" && s.Err.Variant != w.variant {
		r.t.Fatalf("it ended in state %d with %v; want %s %s", s.State, s.Err, w.code, w.variant)
	}
	if s.Err.Message() == "" || s.Err.Hint() == "" {
		r.t.Error("the user reads nothing")
	}
	if s.Link.URL != "" {
		r.t.Error("there is a link to what did not arrive")
	}
	r.store.Heal()
	if !w.object {
		r.store.Holds()
	} else if left := r.store.Keys(); len(left) != 1 || len(r.store.Uploads()) > 0 {
		r.t.Errorf("the bucket holds %q", left)
	}
}
