package app

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	mathbig "math/big"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"chute/app/config"
	"chute/ui"
	"chute/uploader/fault"
)

// openedAt opens the program in a home with these destinations.
func openedAt(t *testing.T, destinations string) *App {
	t.Helper()
	atHome(t, destinations)
	a, err := Open(t.Context(), Options{Notice: func(f *fault.Error) { t.Log(f) }})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(a.Close)
	return a
}

// offer writes a destination file and what stands beside it.
func offer(t *testing.T, text string, beside map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	path := filepath.Join(dir, "studio.chute")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	for name, content := range beside {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return path
}

func authority(t *testing.T, name string) string {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{SerialNumber: mathbig.NewInt(1), Subject: pkix.Name{CommonName: name}, NotAfter: time.Now().Add(time.Hour)}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	return string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}))
}

const studio = "[[destination]]\nname = \"studio\"\ntype = \"s3\"\nbucket = \"media\"\nendpoint = \"https://s3.example.org\"\n"

func TestOffers(t *testing.T) {
	a := openedAt(t, studio+"[[destination]]\nname = \"Studio 2\"\ntype = \"local\"\n")
	ca := authority(t, "Own\u202e CA")
	path := offer(t, studio+ // the same
		"[[destination]]\nname = \"STUDIO\"\ntype = \"s3\"\nbucket = \"theirs\"\n"+
		"[[destination]]\nname = \"new\"\ntype = \"s3\"\nbucket = \"new\"\nca_file = \"ca.pem\"\n[default]\ndestination = \"new\"\n",
		map[string]string{"ca.pem": "Some text before\n" + ca})
	before, err := os.ReadFile(a.home.Destinations())
	if err != nil {
		t.Fatal(err)
	}
	offers, err := a.readOffers(path)
	if err != nil {
		t.Fatal(err)
	}
	if len(offers) != 3 {
		t.Fatalf("%d offers", len(offers))
	}
	if o := offers[0]; !o.Known || o.Taken != "" {
		t.Errorf("the same one: %+v", o)
	}
	if o := offers[1]; o.Known || o.Taken != "STUDIO" || o.Destination.Name != "STUDIO 3" {
		t.Errorf("one of a name that looks the same: %+v", o)
	}
	o := offers[2]
	if o.Known || o.Taken != "" || !o.Preferred || len(o.Authorities) != 1 || strings.Contains(o.Authorities[0], "\u202e") || !strings.Contains(o.Authorities[0], "SHA-256") {
		t.Errorf("a new one: %+v", o)
	}
	if after, _ := os.ReadFile(a.home.Destinations()); string(after) != string(before) {
		t.Error("looking at a file changed the destinations")
	}

	if err := a.accept(o); err != nil {
		t.Fatal(err)
	}
	d, err := a.destination("new")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := a.transport(d); err != nil || d.Bucket != "new" {
		t.Errorf("%+v: %v", d, err)
	}
	if err := a.accept(ui.Offer{Destination: ui.Destination{Name: "studio", Type: "local"}}); err == nil {
		t.Error("a destination was replaced")
	}
}

func TestOffersThatAreRefused(t *testing.T) {
	a := openedAt(t, "")
	key := "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n"
	withCA := func(name string) string { return studio + "ca_file = \"" + name + "\"\n" }
	for name, c := range map[string]struct {
		text   string
		beside map[string]string
		want   string
	}{
		"empty":              {"", nil, "names no destination"},
		"not TOML":           {"<html>", nil, "studio.chute:1"},
		"not UTF-8":          {"\xff", nil, "UTF-8"},
		"a secret":           {"[[destination]]\nname = \"a\"\ntype = \"s3\"\nbucket = \"b\"\nsecret_key = \"x\"\n", nil, "unknown field"},
		"a password":         {"[[destination]]\nname = \"a\"\ntype = \"backend\"\ndialect = \"presign\"\nurl = \"https://u:p@x\"\n", nil, "password"},
		"a cookie":           {studio + "headers = { Cookie = \"x\" }\n", nil, "keyring"},
		"without TLS":        {"[[destination]]\nname = \"a\"\ntype = \"s3\"\nbucket = \"b\"\nendpoint = \"http://x\"\n", nil, "TLS"},
		"too large":          {"# " + strings.Repeat("x", maxOfferFile), nil, "larger"},
		"unknown kind":       {"[[destination]]\nname = \"a\"\ntype = \"backend\"\ndialect = \"zzz\"\nurl = \"https://x\"\n", nil, "presign"},
		"no certificate":     {withCA("ca.pem"), nil, "ca_file"},
		"empty certificate":  {withCA("ca.pem"), map[string]string{"ca.pem": "text"}, "no certificate"},
		"broken certificate": {withCA("ca.pem"), map[string]string{"ca.pem": "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"}, "ca_file"},
		"a key":              {withCA("ca.pem"), map[string]string{"ca.pem": key}, "private key"},
		"elsewhere":          {withCA("../../etc/passwd"), nil, "beside"},
	} {
		t.Run(name, func(t *testing.T) {
			offers, err := a.readOffers(offer(t, c.text, c.beside))
			if err == nil || offers != nil || fault.CodeOf(err) != fault.Config || !strings.Contains(err.Error(), c.want) {
				t.Errorf("got %v, %v; want %q", offers, err, c.want)
			}
		})
	}
	if _, err := a.readOffers(t.TempDir()); err == nil {
		t.Error("a folder was read")
	}
	if _, err := a.readOffers(filepath.Join(t.TempDir(), "none.chute")); err == nil {
		t.Error("nothing was read")
	}
}

// Whatever is in a file, reading it ends, and what is offered could be added.
func FuzzOffer(f *testing.F) {
	f.Add(studio)
	f.Add("[[destination]]\nname = \"a\"\ntype = \"local\"\n[default]\ndestination = \"a\"\n")
	f.Add("destination = [{ name = \"a\", type = \"s3\", bucket = \"b\", headers = { A = \"b\" } }]")
	f.Fuzz(func(t *testing.T, text string) {
		given, err := config.ParseOffer("x.chute", text, config.Known{})
		if err != nil {
			return
		}
		if len(given.All) == 0 {
			t.Error("nothing is offered")
		}
		for _, d := range given.All {
			if problems := d.Check(config.Known{}); problems != nil {
				t.Errorf("%+v: %v", d, problems)
			}
		}
	})
}
