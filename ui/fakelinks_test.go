package ui

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"chute/uploader"
	"chute/uploader/sign"
)

// fakeLinks is a history for tests, oldest first.
type fakeLinks struct {
	sent    []SentLink
	reads   [][]int64 // what ReadLinks was asked for
	linkErr error
	sentErr error
}

// add stores something that was sent an hour ago, and returns it.
func (f *fakeLinks) add(name string, change func(*SentLink)) SentLink {
	n := int64(len(f.sent) + 1)
	l := SentLink{
		Number: n, ID: uploader.ID(fmt.Sprint("s", n)), Name: name, Path: "/home/ada/" + name, Destination: "work", Key: "k/" + name,
		Size: 1_200_000, Sent: noon.Add(-time.Hour), Expires: noon.Add(24 * time.Hour), HasLink: true,
	}
	if change != nil {
		change(&l)
	}
	f.sent = append(f.sent, l)
	return l
}

func (f *fakeLinks) renewed(id uploader.ID, link sign.Link) {
	for i := range f.sent {
		if f.sent[i].ID == id {
			f.sent[i].Expires = link.Expires
		}
	}
}

func (h *fakeHost) FindLinks(_ context.Context, q LinkQuery) ([]int64, error) {
	takeTime()
	var numbers []int64
	for _, l := range slices.Backward(h.links.sent) {
		if strings.Contains(l.Name, q.Text) && (q.Destination == "" || q.Destination == l.Destination) && (q.State == "" || q.State == l.State(noon)) {
			numbers = append(numbers, l.Number)
		}
	}
	return numbers, h.links.sentErr
}

func (h *fakeHost) ReadLinks(_ context.Context, numbers []int64) ([]SentLink, error) {
	takeTime()
	h.links.reads = append(h.links.reads, numbers)
	var list []SentLink
	for _, l := range slices.Backward(h.links.sent) {
		if slices.Contains(numbers, l.Number) {
			list = append(list, l)
		}
	}
	return list, nil
}

func (h *fakeHost) CurrentLink(_ context.Context, id uploader.ID) (sign.Link, error) {
	takeTime()
	h.call("link ", id)
	return sign.Link{URL: "https://x/" + string(id)}, h.links.linkErr
}

func (h *fakeHost) DeleteSent(_ context.Context, id uploader.ID) error {
	takeTime()
	h.call("delete sent ", id)
	if h.links.linkErr == nil {
		for i := range h.links.sent {
			h.links.sent[i].Deleted = h.links.sent[i].Deleted || h.links.sent[i].ID == id
		}
	}
	return h.links.linkErr
}

func (h *fakeHost) Reveal(_ context.Context, path string) error {
	takeTime()
	h.call("reveal ", path)
	return h.links.linkErr
}
