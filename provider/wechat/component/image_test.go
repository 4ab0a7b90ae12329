package component_test

import (
	"io"
	"mime/multipart"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/shopctl/shopctl/provider"
)

// form reads a multipart body without knowing its boundary in advance.
func form(t *testing.T, body string) map[string]string {
	t.Helper()
	boundary := strings.TrimPrefix(strings.SplitN(body, "\r\n", 2)[0], "--")
	reader, parts := multipart.NewReader(strings.NewReader(body), boundary), map[string]string{}
	for {
		part, err := reader.NextPart()
		if err == io.EOF {
			return parts
		}
		if err != nil {
			t.Fatal(err)
		}
		content, err := io.ReadAll(part)
		if err != nil {
			t.Fatal(err)
		}
		name := part.FormName()
		if part.FileName() != "" {
			name += " " + part.FileName() + " " + part.Header.Get("Content-Type")
		}
		parts[name] = string(content)
	}
}

const uploaded = `{"errcode":0,"errmsg":"ok","img_info":{"media_id":"","temp_img_url":"https://mmecimage.cn/p/wx/Ha1","pay_media_id":""}}`

func TestUploadOfAFile(t *testing.T) {
	p := newPlatform(t)
	p.on("img/upload", uploaded)
	picture := provider.Picture{Name: "main.jpg", Size: 4, Open: func() (io.ReadCloser, error) { return io.NopCloser(strings.NewReader("JPEG")), nil }}
	got, err := p.open().UploadImage(t.Context(), picture)
	if got != "https://mmecimage.cn/p/wx/Ha1" || err != nil {
		t.Fatal(got, err)
	}
	if diff := cmp.Diff(map[string]string{"resp_type": "1", "upload_type": "0", "media main.jpg image/jpeg": "JPEG"}, form(t, p.sent("img/upload")[0])); diff != "" {
		t.Error(diff)
	}
}

// Tolerance 24 and 25: parameters are form fields, and foreign URLs are converted.
func TestUploadOfAURL(t *testing.T) {
	p := newPlatform(t)
	p.on("img/upload", uploaded)
	got, err := p.open().UploadImage(t.Context(), provider.Picture{URL: "https://cdn.example.com/a.png?x=1&y=2"})
	if got != "https://mmecimage.cn/p/wx/Ha1" || err != nil {
		t.Fatal(got, err)
	}
	if diff := cmp.Diff(map[string]string{"resp_type": "1", "upload_type": "1", "img_url": "https://cdn.example.com/a.png?x=1&y=2"}, form(t, p.sent("img/upload")[0])); diff != "" {
		t.Error(diff)
	}
}

func TestPicturesOnThePlatformAreNotSent(t *testing.T) {
	p := newPlatform(t)
	for _, url := range []string{"https://mmecimage.cn/p/wx/a", "https://store.mp.video.tencent-cloud.com/161/x", "https://mmbizurl.cn/p/abc", "https://img.mmecimage.cn/p/a"} {
		if got, err := p.open().UploadImage(t.Context(), provider.Picture{URL: url}); got != url || err != nil {
			t.Errorf("%s: %s, %v", url, got, err)
		}
	}
	if n := len(p.sent("img/upload")); n != 0 {
		t.Errorf("%d uploads", n)
	}
	p.on("img/upload", uploaded)
	for i, url := range []string{"https://mmecimage.cn.example.com/a", "https://example.com/mmecimage.cn/a", "https://notmmecimage.cn/a"} {
		if got, err := p.open().UploadImage(t.Context(), provider.Picture{URL: url}); got == url || err != nil || len(p.sent("img/upload")) != i+1 {
			t.Errorf("%s: %s, %v", url, got, err)
		}
	}
}

func TestUploadWithoutALink(t *testing.T) {
	for reply, want := range map[string]string{
		`{"errcode":0,"img_info":{"media_id":"wxashop_Zm9v"}}`: "media_id",
		`{"errcode":0,"img_info":{}}`:                          "temp_img_url",
		`{"errcode":0}`:                                        "temp_img_url",
	} {
		p := newPlatform(t)
		p.on("img/upload", reply)
		got, err := p.open().UploadImage(t.Context(), provider.Picture{URL: "https://cdn.example.com/a.png"})
		if got != "" || provider.ClassOf(err) != provider.ClassFix || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %q, %v", reply, got, err)
		}
	}
}

// When the platform cannot fetch a URL we would, but never from an address that
// only this machine can see: that would hand out what is not public.
func TestPrivateAddressesAreNotFetched(t *testing.T) {
	p := newPlatform(t)
	p.on("img/upload", `{"errcode":1070008,"errmsg":"x"}`)
	private := newPlatform(t)
	for _, url := range []string{private.server.URL + "/a.png", "http://localhost:1/a.png", "http://169.254.169.254/latest", "http://[::1]/a", "file:///etc/passwd"} {
		_, err := p.open().UploadImage(t.Context(), provider.Picture{URL: url})
		if provider.ClassOf(err) != provider.ClassFix {
			t.Errorf("%s: %v", url, err)
		}
	}
	if len(private.calls) != 0 {
		t.Error("a private address was asked")
	}
}
