package app

import (
	"context"
	"crypto/sha256"
	"crypto/x509"
	"encoding/hex"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"chute/app/config"
	"chute/ui"
	"chute/uploader/fault"
)

// Bounds of files that somebody else made: a destination is a few lines, and a
// bundle of all public authorities is a quarter of this.
const (
	maxOfferFile   = 64 << 10
	maxCertificate = 1 << 20
)

// readOffers reads a destination file, and says how its destinations stand to
// those that there are. It changes nothing.
func (a *App) readOffers(path string) ([]ui.Offer, error) {
	text, err := readBounded(path, maxOfferFile)
	if err != nil {
		return nil, unusable(err)
	}
	given, err := config.ParseOffer(path, string(text), a.known())
	if err != nil {
		return nil, err
	}
	have, err := a.file.Load()
	if err != nil {
		return nil, err
	}
	names := have.Names()
	var offers []ui.Offer
	for _, d := range given.All {
		o := ui.Offer{Preferred: d.Name == given.Default}
		if d.LinkExpiry != "" {
			o.Life = d.LinkLife()
		}
		if o.Certificates, o.Authorities, err = a.offeredCertificates(path, &d); err != nil {
			return nil, err
		}
		o.Known = slices.ContainsFunc(have.All, d.Equal)
		if name := freeName(d.Name, names); name != d.Name && !o.Known {
			o.Taken, d.Name = d.Name, name
		}
		names = append(names, d.Name)
		o.Destination = ui.Destination(d)
		offers = append(offers, o)
	}
	return offers, nil
}

// freeName returns name, or the first of "name 2", "name 3", … that no other
// has. Names that differ in case alone are too easily taken for each other.
func freeName(name string, taken []string) string {
	free := name
	for n := 2; slices.ContainsFunc(taken, func(t string) bool { return strings.EqualFold(t, free) }); n++ {
		free = name + " " + strconv.Itoa(n)
	}
	return free
}

// offeredCertificates reads the ca_file that stands beside a destination file,
// and makes d name where it will be kept. One with an absolute path is on this
// computer already.
func (a *App) offeredCertificates(path string, d *config.Destination) (certificates []byte, names []string, err error) {
	if d.CAFile == "" || filepath.IsAbs(d.CAFile) {
		return nil, nil, nil
	}
	if !filepath.IsLocal(d.CAFile) {
		return nil, nil, badFile(path, fault.OtherThanBeside.With("Path", d.CAFile, "File", filepath.Base(path)))
	}
	certificates, err = readBounded(filepath.Join(filepath.Dir(path), d.CAFile), maxCertificate)
	if err != nil {
		return nil, nil, badFile(path, err)
	}
	for rest := certificates; ; {
		var block *pem.Block
		if block, rest = pem.Decode(rest); block == nil {
			break
		}
		if block.Type != "CERTIFICATE" {
			return nil, nil, badFile(path, fault.NotACertificate.With("Path", d.CAFile, "Block", strings.ToLower(block.Type)))
		}
		c, err := x509.ParseCertificate(block.Bytes)
		if err != nil {
			return nil, nil, badFile(path, fault.BadCertificate.With("Path", d.CAFile, "Library", err.Error()))
		}
		names = append(names, certificateName(c))
	}
	if len(names) == 0 {
		return nil, nil, badFile(path, fault.NoCertificate.With("Path", d.CAFile))
	}
	d.CAFile = keptCertificates(certificates)
	return certificates, names, nil
}

// certificateName is what a person can compare: the name that a certificate
// gives itself, and the beginning of its SHA-256 fingerprint.
func certificateName(c *x509.Certificate) string {
	sum := sha256.Sum256(c.Raw)
	return printableText(c.Subject.String()) + " (SHA-256 " + strings.ToUpper(hex.EncodeToString(sum[:8])) + "…)"
}

// keptCertificates names the file beside destinations.toml that keeps these
// certificates: by what they are, so that two files never stand for each other.
func keptCertificates(certificates []byte) string {
	sum := sha256.Sum256(certificates)
	return "ca-" + hex.EncodeToString(sum[:8]) + ".pem"
}

// accept adds an offered destination, which must be free of problems.
func (a *App) accept(o ui.Offer) error {
	if o.Certificates != nil {
		path := filepath.Join(filepath.Dir(a.file.Path()), keptCertificates(o.Certificates))
		if err := os.WriteFile(path, o.Certificates, 0o600); err != nil {
			return unusable(err)
		}
	}
	return a.file.Put("", config.Destination(o.Destination))
}

// badFile says what is wrong with the ca_file of somebody else's file.
func badFile(path string, err error) error {
	return fault.WrongIn(path, err, fault.Mistake{Field: "ca_file", What: fault.Says(err)})
}

// readBounded reads a regular file of at most limit bytes.
func readBounded(path string, limit int64) ([]byte, error) {
	if info, err := os.Stat(path); err != nil {
		return nil, err
	} else if !info.Mode().IsRegular() { // a FIFO would be waited for
		return nil, fault.PathIsNoFile.With("Path", path)
	}
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	b, err := io.ReadAll(io.LimitReader(f, limit+1))
	if err != nil {
		return nil, err
	}
	if int64(len(b)) > limit {
		return nil, fault.LargerThanAllowed.With("Path", path, "Limit", fmt.Sprintf("%d KiB", limit>>10))
	}
	return b, nil
}

// ReadDestinationFile implements ui.Host.
func (h *host) ReadDestinationFile(_ context.Context, path string) ([]ui.Offer, error) {
	return h.app.readOffers(path)
}

// Accept implements ui.Host.
func (h *host) Accept(ctx context.Context, o ui.Offer, s ui.Secrets) (string, error) {
	if o.Known {
		return "", errors.New("nothing to add")
	}
	if err := h.app.accept(o); err != nil {
		return "", err
	}
	return h.keepSecrets(ctx, o.Destination.Name, s)
}
