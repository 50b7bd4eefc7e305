package backend

import (
	"bytes"
	"context"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"net/http"

	"chute/uploader/fault"
	"chute/uploader/sign"
)

// Some backends only sign, and leave it to the client to create, list,
// complete and abort with S3's own requests and XML. That is this file.

// maxPage bounds S3's answer to a control request: a page of 1,000 parts with
// their checksums is under 500 KiB.
const maxPage = 4 << 20

// send sends a control request to the store and returns what a success answers.
func (s *Signer) send(ctx context.Context, sec *section, raw string, h http.Header, body []byte) ([]byte, error) {
	req, err := http.NewRequestWithContext(ctx, sec.signed, raw, bytes.NewReader(body))
	if err != nil {
		return nil, s.misunderstood(sec, errors.New("what should be an address is none"))
	}
	for name, values := range h {
		req.Header[name] = values
	}
	req.Header.Set("User-Agent", s.config.Agent)
	resp, err := s.store.Do(req)
	if err != nil {
		return nil, fault.FromTransport(err, req.URL.Host)
	}
	if resp.StatusCode < 200 || resp.StatusCode > 299 {
		return nil, fault.FromStore(fault.ReadStoreAnswer(resp), s.config.Now())
	}
	defer resp.Body.Close()
	page, err := io.ReadAll(io.LimitReader(resp.Body, maxPage))
	if err != nil {
		return nil, fault.FromTransport(err, req.URL.Host)
	}
	if a := fault.ParseStoreError(page); a.Code != "" { // S3 may fail after it has said 200
		a.Status, a.Header, a.Host = resp.StatusCode, resp.Header, req.URL.Host
		return nil, fault.FromStore(a, s.config.Now())
	}
	return page, nil
}

// look asks for the first byte of what a link leads to.
func (s *Signer) look(ctx context.Context, raw string) (int, http.Header, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, raw, nil)
	if err != nil {
		return 0, nil, fault.New(fault.Backend, fault.BackendURL, fault.Facts{"Host": s.base.Host}, errors.New("link"))
	}
	req.Header.Set("Range", "bytes=0-0")
	req.Header.Set("User-Agent", s.config.Agent)
	resp, err := s.store.Do(req)
	if err != nil {
		return 0, nil, fault.FromTransport(err, req.URL.Host)
	}
	if resp.StatusCode >= 500 {
		return 0, nil, fault.FromStore(fault.ReadStoreAnswer(resp), s.config.Now())
	}
	resp.Body.Close()
	return resp.StatusCode, resp.Header, nil
}

// signedAddress is where a control request goes: what the section's own answer
// says, or what the answer of create gave ahead.
func (u *upload) signedAddress(ctx context.Context, sec *section, ahead string) (string, error) {
	if sec.path == nil {
		if ahead == "" {
			return "", sign.ErrUnsupported
		}
		return ahead, nil
	}
	a, err := u.s.ask(ctx, sec, u.vars())
	if err != nil {
		return "", err
	}
	return u.s.address(sec, a.str(sec.answer["url"]))
}

// storeAnswer is an answer of the store that lacks what it is for.
func storeAnswer(err error) error {
	return &fault.Error{Code: fault.Internal, Variant: fault.StoreError, Class: fault.Transient, Err: err}
}

func (u *upload) createSigned(ctx context.Context, sec *section, v values, a answer) (string, error) {
	raw, err := u.s.address(sec, a.str(sec.answer["url"]))
	if err != nil {
		return "", err
	}
	h, err := u.s.uploadHeader(sec, v, a)
	if err != nil {
		return "", err
	}
	page, err := u.s.send(ctx, sec, raw, h, nil)
	if err != nil {
		return "", err
	}
	var result struct {
		XMLName  xml.Name `xml:"InitiateMultipartUploadResult"`
		UploadId string
	}
	if err := xml.Unmarshal(page, &result); err != nil || result.UploadId == "" {
		return "", storeAnswer(errors.New("create: the answer has no UploadId"))
	}
	return result.UploadId, nil
}

// listSigned reads one page: a backend signs no second one. Where the store
// has more the list is no help, since it would make parts look missing.
func (u *upload) listSigned(ctx context.Context, sec *section, v values, a answer) ([]sign.Part, error) {
	raw, err := u.s.address(sec, a.str(sec.answer["url"]))
	if err != nil {
		return nil, err
	}
	page, err := u.s.send(ctx, sec, raw, nil, nil)
	if err != nil {
		return nil, err
	}
	var result struct {
		XMLName     xml.Name `xml:"ListPartsResult"`
		IsTruncated bool
		Part        []struct {
			PartNumber        int
			ETag              string
			Size              int64
			ChecksumCRC64NVME string
		}
	}
	if err := xml.Unmarshal(page, &result); err != nil {
		return nil, storeAnswer(fmt.Errorf("list: %w", err))
	}
	if result.IsTruncated {
		return nil, sign.ErrUnsupported
	}
	parts := []sign.Part{}
	for _, p := range result.Part {
		parts = append(parts, sign.Part{Number: p.PartNumber, Size: p.Size, ETag: p.ETag, CRC64NVME: p.ChecksumCRC64NVME})
	}
	return sorted(parts), nil
}

func (u *upload) completeSigned(ctx context.Context, sec *section, parts []sign.Part) (sign.Result, error) {
	none := sign.Result{Size: -1}
	u.mu.Lock()
	ahead := u.completeURL
	u.mu.Unlock()
	raw, err := u.signedAddress(ctx, sec, ahead)
	if errors.Is(err, sign.ErrUnsupported) {
		// The address was signed with the upload, in a process that is gone.
		return none, fault.New(fault.Changed, fault.StoreForgot, nil, errors.New("backend: the dialect cannot complete after a restart"))
	}
	if err != nil {
		return none, err
	}
	type part struct {
		PartNumber int
		ETag       string
	}
	request := struct {
		XMLName xml.Name `xml:"http://s3.amazonaws.com/doc/2006-03-01/ CompleteMultipartUpload"`
		Part    []part
	}{}
	for _, p := range parts {
		request.Part = append(request.Part, part{p.Number, p.ETag})
	}
	body, err := xml.Marshal(request)
	if err != nil {
		return none, fault.New(fault.Internal, "", nil, err)
	}
	page, err := u.s.send(ctx, sec, raw, http.Header{"Content-Type": {"application/xml"}}, body)
	if err != nil {
		return none, err
	}
	var result struct {
		XMLName           xml.Name `xml:"CompleteMultipartUploadResult"`
		ETag              string
		ChecksumCRC64NVME string
		ChecksumType      string
	}
	if err := xml.Unmarshal(page, &result); err != nil {
		return none, storeAnswer(fmt.Errorf("complete: %w", err))
	}
	none.ETag = result.ETag
	if result.ChecksumType != "COMPOSITE" {
		none.CRC64NVME = result.ChecksumCRC64NVME
	}
	return none, nil
}

func (u *upload) abortSigned(ctx context.Context, sec *section) error {
	u.mu.Lock()
	ahead := u.abortURL
	u.mu.Unlock()
	raw, err := u.signedAddress(ctx, sec, ahead)
	if err != nil {
		return err
	}
	_, err = u.s.send(ctx, sec, raw, nil, nil)
	return err
}
