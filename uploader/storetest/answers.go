package storetest

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"
)

// This file has what happens to answers on their way back, and answers that
// are not the store's.

// Answer answers for the store, with an error document where code is not
// empty. header holds names and values in turn; with "Date" a wrong clock.
func Answer(status int, code, message string, header ...string) Fault {
	if code == "" {
		return Page(status, "application/xml", "", header...)
	}
	return Page(status, "application/xml", fmt.Sprintf(
		`<?xml version="1.0" encoding="UTF-8"?><Error><Code>%s</Code><Message>%s</Message><RequestId>TESTREQUEST</RequestId></Error>`,
		code, message), header...)
}

// Page answers for the store with any text, as something between here and
// there does. header holds names and values in turn.
func Page(status int, contentType, text string, header ...string) Fault {
	return func(_ *Proxy, w http.ResponseWriter, r *http.Request) {
		io.Copy(io.Discard, r.Body)
		w.Header().Set("Content-Type", contentType)
		for i := 0; i+1 < len(header); i += 2 {
			w.Header().Set(header[i], header[i+1])
		}
		w.WriteHeader(status)
		if r.Method != http.MethodHead {
			io.WriteString(w, text)
		}
	}
}

// Refuse is Answer without reading the body first, as a busy store does.
func Refuse(status int, code string, header ...string) Fault {
	answer := Answer(status, code, "", header...)
	return func(p *Proxy, w http.ResponseWriter, r *http.Request) {
		r.Body = http.NoBody
		answer(p, w, r)
	}
}

// Endless answers with status and a body of n bytes that says nothing.
func Endless(status int, n int64) Fault {
	return func(_ *Proxy, w http.ResponseWriter, r *http.Request) {
		io.Copy(io.Discard, r.Body)
		w.WriteHeader(status)
		io.CopyN(w, filler{}, n)
	}
}

type filler struct{}

func (filler) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = ' '
	}
	return len(p), nil
}

// Raw answers with these bytes, whether they are HTTP or not, and ends the
// connection in good order.
func Raw(text string) Fault {
	return func(_ *Proxy, w http.ResponseWriter, r *http.Request) {
		io.Copy(io.Discard, r.Body)
		conn := take(w)
		defer conn.Close()
		io.WriteString(conn, text)
	}
}

// DropAnswer lets the store do what was asked and cuts the connection instead
// of answering.
func DropAnswer() Fault {
	return func(p *Proxy, w http.ResponseWriter, r *http.Request) {
		if resp, err := p.ask(r); err == nil {
			io.Copy(io.Discard, resp.Body)
			resp.Body.Close()
		}
		hangUp(w)
	}
}

// DoneThen lets the store do what was asked, and another fault answer.
func DoneThen(answer Fault) Fault {
	return func(p *Proxy, w http.ResponseWriter, r *http.Request) {
		p.answer(r, 0)
		r.Body = http.NoBody
		answer(p, w, r)
	}
}

// CutAnswer lets the store do what was asked and cuts the connection after n
// bytes of the answer, its head included.
func CutAnswer(n int) Fault {
	return func(p *Proxy, w http.ResponseWriter, r *http.Request) {
		answer := p.answer(r, 0)
		conn := take(w)
		io.WriteString(conn, answer[:min(n, len(answer))])
		conn.Close() // in good order: a reset could overtake what was written
	}
}

// TrickleAnswer lets the store do what was asked and gives the answer back a
// byte at a time, with a pause before each.
func TrickleAnswer(pause time.Duration) Fault {
	return func(p *Proxy, w http.ResponseWriter, r *http.Request) {
		answer := p.answer(r, 0)
		conn := take(w)
		defer conn.Close()
		for i := range answer {
			select {
			case <-time.After(pause):
			case <-p.ended:
				return
			}
			if _, err := io.WriteString(conn, answer[i:i+1]); err != nil {
				return
			}
		}
	}
}

// Blanks begins to answer at once and sends a blank every pause, n times, before
// it lets the store do what was asked: as Amazon S3 does while it completes.
func Blanks(pause time.Duration, n int) Fault {
	return func(p *Proxy, w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			return
		}
		w.Header().Set("Content-Type", "application/xml")
		w.WriteHeader(http.StatusOK)
		answer := http.NewResponseController(w)
		for range n {
			io.WriteString(w, " ")
			if answer.Flush() != nil || !p.wait(r, pause) {
				return
			}
		}
		r.Body = io.NopCloser(bytes.NewReader(body))
		resp, err := p.ask(r)
		if err != nil {
			hangUp(w)
			return
		}
		defer resp.Body.Close()
		io.Copy(w, resp.Body)
	}
}

// StallAnswer lets the store do what was asked, promises an answer longer by a
// byte than it is, and gives nothing after it until the client gives up or the
// test ends.
func StallAnswer() Fault {
	return func(p *Proxy, w http.ResponseWriter, r *http.Request) {
		answer := p.answer(r, 1)
		conn := take(w)
		defer conn.Close()
		io.WriteString(conn, answer)
		left := make(chan struct{})
		go func() {
			defer close(left)
			io.Copy(io.Discard, conn)
		}()
		select {
		case <-left:
		case <-p.ended:
		}
	}
}

// answer is the store's answer as it goes over the line, with a body that is
// said to be longer than it is.
func (p *Proxy) answer(r *http.Request, longer int64) string {
	resp, err := p.ask(r)
	if err != nil {
		return ""
	}
	defer resp.Body.Close()
	body, _ := io.ReadAll(resp.Body)
	resp.Body, resp.ContentLength = io.NopCloser(strings.NewReader(string(body))), int64(len(body))+longer
	resp.Close = true
	var text strings.Builder
	resp.Write(&text)
	return text.String()
}

// Strip takes headers out of the store's answer: a store without checksums has
// no X-Amz-Checksum-Crc64nvme.
func Strip(names ...string) Fault {
	return func(p *Proxy, w http.ResponseWriter, r *http.Request) {
		p.forwardChanged(w, r, func(h http.Header) {
			for _, name := range names {
				h.Del(name)
			}
		})
	}
}

// Claim lets the store do what was asked and says something else of it: header
// holds names and values in turn, an empty value takes the header away.
func Claim(header ...string) Fault {
	return func(p *Proxy, w http.ResponseWriter, r *http.Request) {
		p.forwardChanged(w, r, func(h http.Header) {
			for i := 0; i+1 < len(header); i += 2 {
				if h.Del(header[i]); header[i+1] != "" {
					h.Set(header[i], header[i+1])
				}
			}
		})
	}
}
