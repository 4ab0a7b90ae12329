package component

import (
	"bytes"
	"image"
	"image/png"
	"io"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"testing"

	"github.com/shopctl/shopctl/provider"
	"github.com/shopctl/shopctl/provider/wechat"
)

func TestPublicAddress(t *testing.T) {
	for address, want := range map[string]bool{
		"8.8.8.8": true, "119.29.29.29": true, "2400:3200::1": true,
		"127.0.0.1": false, "::1": false, "10.0.0.1": false, "172.16.0.1": false, "192.168.1.1": false, "fd00::1": false,
		"169.254.169.254": false, "fe80::1": false, "0.0.0.0": false, "100.64.0.1": false, "198.18.0.1": false,
		"224.0.0.1": false, "255.255.255.255": false, "240.0.0.1": false, "64:ff9b::7f00:1": false, "2002:7f00:1::": false,
	} {
		if got := publicAddress(netip.MustParseAddr(address)); got != want {
			t.Errorf("publicAddress(%s) = %v", address, got)
		}
	}
}

func pixel(t *testing.T) string {
	t.Helper()
	var b bytes.Buffer
	if err := png.Encode(&b, image.NewGray(image.Rect(0, 0, 1, 1))); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// pictures serves what a fetcher may meet.
func pictures(t *testing.T) *httptest.Server {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/a.webp", "/": // what it is, not what it is called, counts
			io.WriteString(w, pixel(t))
		case "/page.png":
			io.WriteString(w, "<html>login</html>")
		case "/large.png":
			io.WriteString(w, pixel(t)+strings.Repeat("x", maxPicture))
		case "/cut.png":
			io.WriteString(w, pixel(t)[:50])
		case "/moved.png":
			http.Redirect(w, r, "/a.webp", http.StatusFound)
		case "/loop.png":
			http.Redirect(w, r, "/loop.png", http.StatusFound)
		default:
			http.NotFound(w, r)
		}
	}))
	t.Cleanup(server.Close)
	return server
}

func anyAddress(netip.Addr) bool { return true }

func TestFetch(t *testing.T) {
	server := pictures(t)
	tests := []struct{ path, name, fails string }{
		{"/a.webp", "a.png", ""},
		{"/", "picture.png", ""},
		{"/moved.png", "moved.png", ""},
		{"/page.png", "", "neither a JPEG nor a PNG"},
		{"/cut.png", "", "cannot be used (damaged)"},
		{"/large.png", "", "larger than 2 MB"},
		{"/missing.png", "", "404"},
		{"/loop.png", "", "redirects"},
	}
	for _, tt := range tests {
		name, content, err := newFetcher(anyAddress).fetch(t.Context(), server.URL+tt.path+"?signature=hunter2")
		if tt.fails == "" && (err != nil || name != tt.name || string(content) != pixel(t)) {
			t.Errorf("%s: %q, %v", tt.path, name, err)
		}
		if tt.fails != "" && (err == nil || !strings.Contains(err.Error(), tt.fails) || strings.Contains(err.Error(), "hunter2")) {
			t.Errorf("%s: error %v, want one about %q, without the query", tt.path, err, tt.fails)
		}
	}
}

// A name may resolve to a public address first and to a private one then; a
// redirect may lead inside. What counts is the address of the connection.
func TestFetchLooksAtTheRealAddress(t *testing.T) {
	server := pictures(t)
	if _, _, err := newFetcher(publicAddress).fetch(t.Context(), server.URL+"/a.webp"); err == nil || !strings.Contains(err.Error(), "not a public address") {
		t.Errorf("error = %v", err)
	}
}

// 1070008: the platform cannot fetch the URL, we can, and the bytes are streamed.
func TestUploadFallsBackToTheBytes(t *testing.T) {
	source := pictures(t)
	var streamed []byte
	platform := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.FormValue("upload_type") == "1" {
			io.WriteString(w, `{"errcode":1070008,"errmsg":"get img fail"}`)
			return
		}
		file, _, err := r.FormFile("media")
		if err != nil {
			t.Error(err)
			return
		}
		streamed, _ = io.ReadAll(file)
		io.WriteString(w, `{"errcode":0,"img_info":{"temp_img_url":"https://mmecimage.cn/p/wx/Ha1"}}`)
	}))
	defer platform.Close()
	shop, err := New(Config{Endpoint: platform.URL, Tokens: wechat.StaticToken("T")})
	if err != nil {
		t.Fatal(err)
	}
	shop.fetcher = newFetcher(anyAddress)
	got, err := shop.UploadImage(t.Context(), provider.Picture{URL: source.URL + "/a.webp"})
	if got != "https://mmecimage.cn/p/wx/Ha1" || err != nil || string(streamed) != pixel(t) {
		t.Errorf("%q, %v, %d bytes", got, err, len(streamed))
	}
}

// Pictures of the shop come from the platform's hosts, for which an endpoint on
// this machine stands in, and from nowhere else.
func TestFetchPicture(t *testing.T) {
	server := pictures(t)
	shop, err := New(Config{Endpoint: server.URL, Tokens: wechat.StaticToken("T")})
	if err != nil {
		t.Fatal(err)
	}
	content, extension, err := shop.FetchPicture(t.Context(), "https://mmecimage.cn/a.webp?m=1")
	if string(content) != pixel(t) || extension != ".png" || err != nil {
		t.Errorf("%d bytes, %q, %v", len(content), extension, err)
	}
	for _, url := range []string{"https://example.com/a.webp", "https://mmecimage.cn.example.com/a.webp", "http://127.0.0.1/a.webp", "file:///etc/passwd"} {
		if _, _, err := shop.FetchPicture(t.Context(), url); err == nil || !strings.Contains(err.Error(), "picture host") {
			t.Errorf("%s: %v", url, err)
		}
	}
	real := newPictureHosts("https://api.weixin.qq.com")
	if _, _, err := real.fetcher.get(t.Context(), server.URL+"/a.webp"); real.standIn != nil || err == nil || !strings.Contains(err.Error(), "not a public address") {
		t.Errorf("the real hosts may lead to this machine: %v", err)
	}
}
