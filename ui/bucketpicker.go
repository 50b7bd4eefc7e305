package ui

import (
	"cmp"
	"errors"
	"slices"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/lang"

	"chute/ui/internal/kit"
	"chute/ui/internal/look"
	"chute/ui/internal/words"
	"chute/uploader/fault"
)

// This file is how a destination's form finds out buckets and regions, so that
// nobody has to know them.

const fieldBuckets = "buckets"

// buildBucket makes the field of a bucket: an entry for those who know its
// name, and a list of those that the keys may see.
func (f *destinationForm) buildBucket() {
	e := kit.NewEntry(lang.L("type its name, or choose it"))
	e.Text = f.draft.Bucket
	e.OnChanged = func(string) { f.bucketChanged() }
	// Whoever comes here from the keys sees at once what there is.
	e.OnFocused = func() {
		if f.canList() && !f.listed && f.text(fieldSecretKey) != "" {
			f.listBuckets()
		}
	}
	f.entries["bucket"] = e
	f.listing = kit.NewPicker(kit.Outlined, f.bucketOptions)
	f.listing.OnTap = f.chooseBucket
	f.listing.Text = lang.L("Choose")
	f.field("bucket", lang.L("Bucket"), kit.NewRow(look.Space2, kit.Boxed(e), f.listing))
	f.listHint = kit.NewCaption()
	f.field(fieldBuckets, "", f.listHint)
	if secret := f.entries[fieldSecretKey]; secret != nil {
		secret.OnSubmitted = func(string) { f.s.w.win.Canvas().Focus(e) }
	}
}

// canList says whether what was entered is enough to ask for buckets.
func (f *destinationForm) canList() bool {
	if f.draft.Type != typeS3 {
		return false
	}
	if f.has(fieldAccount) && f.text(fieldAccount) == "" || f.has("endpoint") && f.text("endpoint") == "" {
		return false
	}
	id, secret := f.text(fieldAccessKey), f.text(fieldSecretKey)
	return f.draft.Credentials == "aws" || id != "" && secret != "" || f.old != "" && id == "" && secret == ""
}

// chooseBucket opens the list, which is asked for where it is not there yet.
func (f *destinationForm) chooseBucket() {
	if f.listed && len(f.buckets) > 0 {
		f.listing.Open()
		return
	}
	f.openList = true
	f.listBuckets()
}

// listBuckets asks which buckets the keys may see.
func (f *destinationForm) listBuckets() {
	if !f.canList() {
		f.sayBuckets(lang.L("Enter the keys first."), look.Err)
		return
	}
	d, secrets, host, ctx := f.destination(), f.secrets(), f.s.w.host, f.ctx
	d.Bucket, d.Region = "", ""
	f.listed = true // also where it fails: what was entered is the same
	f.listing.Disable()
	f.sayBuckets(lang.L("Looking for buckets …"), look.Muted)
	go func() {
		buckets, err := host.Buckets(ctx, d, secrets)
		fyne.Do(func() {
			if f.ctx.Err() == nil {
				f.listing.Enable()
				f.takeBuckets(buckets, err)
			}
		})
	}()
}

func (f *destinationForm) takeBuckets(buckets []Bucket, err error) {
	f.buckets = buckets
	open := f.openList
	f.openList = false
	failure, _ := errors.AsType[*fault.Error](err)
	switch {
	case failure != nil && failure.Code == fault.Denied:
		f.sayBuckets(lang.L("This key may not list buckets. Type the name of yours."), look.Muted)
	case err != nil:
		message, hint := f.s.w.host.Explain(err)
		f.sayBuckets(strings.TrimSpace(message+" "+hint), look.Err)
	case len(buckets) == 0:
		f.sayBuckets(lang.L("There is no bucket yet. Create one at the provider, then choose again."), look.Err)
		f.listed = false
	default:
		f.listing.SetText(words.Count("{{.N}} found", len(buckets)))
		f.sayBuckets("", look.Muted)
		if len(buckets) == 1 && f.text("bucket") == "" {
			f.pickBucket(buckets[0])
		} else if open {
			f.listing.Open()
		}
	}
}

func (f *destinationForm) bucketOptions() []kit.Option {
	var o []kit.Option
	for _, b := range f.buckets {
		label := b.Name
		if b.Region != "" {
			label += "  ·  " + b.Region
		}
		o = append(o, kit.Option{Label: label, Current: b.Name == f.text("bucket"), Run: func() { f.pickBucket(b) }})
	}
	return o
}

// pickBucket takes a bucket with all that is known of it.
func (f *destinationForm) pickBucket(b Bucket) {
	f.entries["bucket"].SetText(b.Name)
	f.region.SetText(b.Region)
	f.suggestName(b.Name)
	f.changed()
}

// bucketChanged follows the name of the bucket. A region that was found out is
// that of another bucket now.
func (f *destinationForm) bucketChanged() {
	name := f.text("bucket")
	if i := slices.IndexFunc(f.buckets, func(b Bucket) bool { return b.Name == name }); i >= 0 {
		f.region.Text = f.buckets[i].Region
	} else if f.located != "" && f.region.Text == f.located {
		f.region.Text = ""
	}
	f.located = ""
	f.region.Refresh()
	f.suggestName(name)
	f.changed()
}

// keysChanged forgets what other keys could see.
func (f *destinationForm) keysChanged() {
	if f.page == nil {
		return // still being built
	}
	f.listed, f.buckets = false, nil
	f.listing.SetText(lang.L("Choose"))
	f.listHint.Set()
	f.changed()
}

func (f *destinationForm) sayBuckets(text string, color fyne.ThemeColorName) {
	f.listHint.Set(kit.Span{Text: text, Color: color})
	f.update()
}

// suggestName names a new destination, as long as the user has not.
func (f *destinationForm) suggestName(name string) {
	e := f.entries["name"]
	if f.old != "" || e == nil || f.text("name") != f.suggested {
		return
	}
	f.suggested = f.freeName(name)
	e.SetText(f.suggested)
}

// freeName is name, or the first of "name 2", "name 3", … that is not taken.
func (f *destinationForm) freeName(name string) string {
	all, _ := f.s.w.host.Destinations()
	free := name
	for n := 2; name != "" && slices.ContainsFunc(all, func(d Destination) bool { return strings.EqualFold(d.Name, free) }); n++ {
		free = name + " " + words.Number(n)
	}
	return free
}

// located finds out the region where nobody has said it, and goes on with then.
func (f *destinationForm) locate(then func()) {
	if f.draft.Type != typeS3 || strings.TrimSpace(f.region.Text) != "" || f.text("bucket") == "" {
		then()
		return
	}
	d, secrets, host, ctx := f.destination(), f.secrets(), f.s.w.host, f.ctx
	f.busy(true)
	go func() {
		region := host.Locate(ctx, d, secrets)
		fyne.Do(func() {
			if f.ctx.Err() != nil {
				return // the form was left meanwhile
			}
			f.busy(false)
			f.located = region
			f.region.SetText(region)
			if region == "" && strings.Contains(f.preset().Endpoint, "{region}") {
				f.fields["region"].SetError(lang.L("The region could not be found out. Enter that of the bucket."))
				f.update()
				return
			}
			then()
		})
	}()
}

// hostOf is the part of an address that people know a service by.
func hostOf(address string) string {
	_, rest, _ := strings.Cut(address, "://")
	host, _, _ := strings.Cut(rest, "/")
	return cmp.Or(host, rest)
}
