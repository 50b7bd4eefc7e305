package kit

import (
	"testing"

	"fyne.io/fyne/v2/test"
)

// What happened does not push away what else happened; an answer does.
func TestNewsWaits(t *testing.T) {
	test.NewTempApp(t)
	toast := NewToast()
	t.Cleanup(toast.Hide)
	want := func(text string) {
		t.Helper()
		if got := toast.Text(); got != text {
			t.Errorf("it says %q, want %q", got, text)
		}
	}
	toast.Add("3 left out")
	toast.Add("2 links copied")
	toast.Add("Link copied")
	want("3 left out")
	toast.Show("Saved")
	want("Saved")
	toast.over()
	want("Link copied") // of what waits only the newest
	toast.over()
	want("")
	toast.Add("one")
	toast.Add("two")
	toast.Hide()
	toast.over()
	want("")
}
