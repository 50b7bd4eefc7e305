package s3

import (
	"cmp"
	"context"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"time"

	"chute/uploader/fault"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"golang.org/x/sync/errgroup"
)

// Bucket is a bucket that keys may see.
type Bucket struct {
	Name string
	// Region is where it is; empty where the service does not tell.
	Region string
}

const (
	// findTime bounds one question: somebody waits in front of a form.
	findTime = 15 * time.Second
	// regionsAtOnce is how many regions of a service are asked side by side.
	regionsAtOnce = 8
	// maxBuckets is the most that are listed: more would be no list to choose from.
	maxBuckets = 1000
)

// Buckets lists the buckets that the keys of c may see, by name; c.Bucket does
// not matter. A service whose regions have addresses of their own is asked in
// all regions that are known, unless c names one. Keys that may use a bucket
// need not be allowed to list: that is a fault with code Denied.
func Buckets(ctx context.Context, c Config) ([]Bucket, error) {
	var all []Bucket
	var mu sync.Mutex
	err := inRegions(ctx, c, func(ctx context.Context, region string, con connection) error {
		list, err := con.list(ctx)
		mu.Lock()
		defer mu.Unlock()
		for _, b := range list {
			b.Region = firstOf(b.Region, region)
			all = append(all, b)
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	slices.SortFunc(all, func(a, b Bucket) int {
		return cmp.Or(strings.Compare(a.Name, b.Name), strings.Compare(a.Region, b.Region))
	})
	return slices.CompactFunc(all, func(a, b Bucket) bool { return a.Name == b.Name }), nil
}

// Region finds where the bucket of c is. It is empty where the service does not
// tell, and needs none then.
func Region(ctx context.Context, c Config) (string, error) {
	var found string
	var mu sync.Mutex
	err := inRegions(ctx, c, func(ctx context.Context, region string, con connection) error {
		told, err := con.regionOf(ctx, c)
		mu.Lock()
		defer mu.Unlock()
		if err == nil {
			found = firstOf(found, told, region)
		}
		return err
	})
	return found, err
}

// regions lists where to ask: the one region of c, which may be empty, or all
// those of a service whose regions have addresses of their own.
func (c Config) regions() []string {
	p, ok := presetByID(c.Provider)
	if !ok || c.Region != "" || c.Endpoint != "" || !strings.Contains(p.Endpoint, regionVariable) || p.Region != "" {
		return []string{c.Region}
	}
	return p.Regions
}

// inRegions asks in all regions, side by side. Where one of them answers, it
// does not matter that others did not. A store that names another region as its
// own is asked once more.
func inRegions(ctx context.Context, c Config, ask func(ctx context.Context, region string, con connection) error) error {
	regions := c.regions()
	failures := make([]error, len(regions))
	var work errgroup.Group
	work.SetLimit(regionsAtOnce)
	for i, region := range regions {
		work.Go(func() error {
			ctx, cancel := context.WithTimeout(ctx, findTime)
			defer cancel()
			failures[i] = inRegion(ctx, c, region, ask)
			if f, ok := errors.AsType[*fault.Error](failures[i]); ok && f.Code == fault.WrongRegion && f.Facts["Region"] != "" {
				failures[i] = inRegion(ctx, c, f.Facts["Region"], ask)
			}
			return nil
		})
	}
	work.Wait()
	if slices.Contains(failures, nil) {
		return nil
	}
	return failures[0]
}

func inRegion(ctx context.Context, c Config, region string, ask func(context.Context, string, connection) error) error {
	c.Region = region
	con, err := connect(ctx, c)
	if err != nil {
		return err
	}
	return ask(ctx, region, con)
}

// list lists the buckets of one address.
func (con connection) list(ctx context.Context) ([]Bucket, error) {
	in := &s3.ListBucketsInput{}
	if con.place.preset.ID == providerAWS {
		in.MaxBuckets = aws.Int32(maxBuckets) // which makes it name the regions
	}
	out, err := con.client.ListBuckets(ctx, in)
	if err != nil {
		return nil, con.fail("ListBuckets", err)
	}
	var list []Bucket
	for _, b := range out.Buckets {
		if name := aws.ToString(b.Name); name != "" && len(list) < maxBuckets {
			list = append(list, Bucket{name, aws.ToString(b.BucketRegion)})
		}
	}
	return list, nil
}

// regionOf asks where the bucket is. AWS says so to everybody, also to keys that
// may not look at the bucket.
func (con connection) regionOf(ctx context.Context, c Config) (string, error) {
	if con.place.preset.ID == providerAWS && con.place.endpoint == "" {
		return con.askEverybody(ctx, c)
	}
	// Not HeadBucket: a refusal without a body does not tell the right region.
	out, err := con.client.GetBucketLocation(ctx, &s3.GetBucketLocationInput{Bucket: &c.Bucket})
	switch {
	case err == nil:
		return string(out.LocationConstraint), nil
	case fault.CodeOf(err) == fault.Denied:
		return "", nil // who may not ask is known here all the same
	}
	return "", con.fail("GetBucketLocation", err)
}

func (con connection) askEverybody(ctx context.Context, c Config) (string, error) {
	address := "https://s3." + con.place.region + ".amazonaws.com/" + url.PathEscape(c.Bucket)
	req, err := http.NewRequestWithContext(ctx, http.MethodHead, address, nil)
	if err != nil {
		return "", con.fail("HEAD", err)
	}
	road := c.Transport
	if road == nil {
		road = http.DefaultTransport
	}
	resp, err := road.RoundTrip(req)
	if err != nil {
		return "", fault.FromTransport(err, req.URL.Host)
	}
	resp.Body.Close()
	if region := resp.Header.Get("X-Amz-Bucket-Region"); region != "" {
		return region, nil
	}
	return "", fault.New(fault.NoBucket, "", fault.Facts{"Bucket": c.Bucket}, nil)
}

// fail makes the *fault.Error of a question that is about no object.
func (con connection) fail(name string, err error) error {
	s := Signer{keys: con.keys}
	return s.fail(operation{name: name}, err)
}
