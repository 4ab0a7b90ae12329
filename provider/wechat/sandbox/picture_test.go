package sandbox

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"image"
	"image/jpeg"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"net/textproto"
	"strings"
	"testing"
)

// send uploads a form and returns errcode and img_info.
func (h *shop) send(kind, body string) (code string, info map[string]any) {
	h.t.Helper()
	got := h.request(http.MethodPost, uploadPath+"?access_token="+h.token, kind, body)
	info, _ = got["img_info"].(map[string]any)
	return string(got["errcode"].(json.Number)), info
}

func jpegOf(side int) []byte {
	var b bytes.Buffer
	if err := jpeg.Encode(&b, image.NewGray(image.Rect(0, 0, side, side)), nil); err != nil {
		panic(err)
	}
	return b.Bytes()
}

// typedForm is a form whose text parts have a content type, as some send it.
func typedForm(contentType string) (kind, body string) {
	var b bytes.Buffer
	w := multipart.NewWriter(&b)
	for name, value := range map[string]string{"resp_type": "1", "upload_type": "0"} {
		p, _ := w.CreatePart(textproto.MIMEHeader{
			"Content-Disposition": {`form-data; name="` + name + `"`}, "Content-Type": {contentType},
		})
		p.Write([]byte(value))
	}
	p, _ := w.CreateFormFile("media", "a.png")
	p.Write(pixel(1))
	w.Close()
	return w.FormDataContentType(), b.String()
}

func TestUpload(t *testing.T) {
	type values = map[string]string
	link := values{"resp_type": "1", "upload_type": "0"}
	byURL := func(u string) values { return values{"resp_type": "1", "upload_type": "1", "img_url": u} }
	sent := func(v values, filename string, media []byte) func() (string, string) {
		return func() (string, string) { return form(v, filename, media) }
	}
	raw := func(kind, body string) func() (string, string) {
		return func() (string, string) { return kind, body }
	}
	tooBig := append(pixel(1), make([]byte, maxPicture)...)
	for _, c := range []struct {
		name string
		form func() (kind, body string)
		code string
		only string // the member of img_info that is filled
	}{
		{"a link to a PNG", sent(link, "a.png", pixel(1)), "0", "temp_img_url"},
		{"a link to a JPEG", sent(link, "a.jpg", jpegOf(8)), "0", "temp_img_url"},
		{"a media_id", sent(values{"resp_type": "0", "upload_type": "0"}, "a.png", pixel(1)), "0", "media_id"},
		{"a media_id for payments", sent(values{"resp_type": "2", "upload_type": "0"}, "a.png", pixel(1)), "0", "pay_media_id"},
		{"which needs a file name", sent(values{"resp_type": "2", "upload_type": "0"}, "", pixel(1)), "1070001", ""},
		{"no form fields", sent(nil, "a.png", pixel(1)), "0", "media_id"},
		{"no picture", sent(link, "", nil), "1070001", ""},
		{"an empty picture", sent(link, "a.png", []byte{}), "1070001", ""},
		{"more than 2 MB", sent(link, "a.png", tooBig), "990008", ""},
		{"no picture at all", sent(link, "a.png", []byte("GIF89a")), "1070011", ""},
		{"half a picture", sent(link, "a.jpg", jpegOf(64)[:300]), "1070011", ""},
		{"an unknown field", sent(values{"resp_type": "1", "upload_type": "0", "kind": "x"}, "a.png", pixel(1)), "47001", ""},
		{"an unknown resp_type", sent(values{"resp_type": "7", "upload_type": "0"}, "a.png", pixel(1)), "9401020", ""},
		{"text parts typed as text", func() (string, string) { return typedForm("text/plain") }, "0", "temp_img_url"},
		{"text parts typed as forms", func() (string, string) { return typedForm("multipart/form-data") }, "1070001", ""},
		{"an address", sent(byURL("http://pictures/good"), "", nil), "0", "temp_img_url"},
		{"an address that cannot be fetched", sent(byURL("http://pictures/gone"), "", nil), "1070008", ""},
		{"an address of something else", sent(byURL("http://pictures/text"), "", nil), "1070011", ""},
		{"no address", sent(byURL(""), "", nil), "1070001", ""},
		{"JSON: its resp_type is not seen", raw("application/json", `{"resp_type":1,"upload_type":1,"img_url":"http://pictures/good"}`), "0", "media_id"},
		{"JSON without an address", raw("application/json", `{"resp_type":1}`), "1070001", ""},
		{"a torn form", raw("multipart/form-data; boundary=x", "--x\r\nContent-"), "47001", ""},
		{"nothing", raw("multipart/form-data; boundary=x", ""), "44002", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			h := openShop(t, Options{Fetch: fetchPictures})
			kind, body := c.form()
			code, info := h.send(kind, body)
			if code != c.code {
				t.Fatalf("errcode %s, want %s", code, c.code)
			}
			for _, name := range []string{"media_id", "temp_img_url", "pay_media_id"} {
				if filled := info[name] != nil && info[name] != ""; filled != (name == c.only) {
					t.Errorf("%s is %v", name, info[name])
				}
			}
		})
	}
}

// fetchPictures is an internet of two pictures.
func fetchPictures(_ context.Context, url string) ([]byte, error) {
	switch url {
	case "http://pictures/good":
		return pixel(9), nil
	case "http://pictures/text":
		return []byte("not found"), nil
	}
	return nil, errors.New("unreachable")
}

func TestNothingIsFetchedUnlessToldHow(t *testing.T) {
	h := openShop(t, Options{})
	kind, body := form(map[string]string{"resp_type": "1", "upload_type": "1", "img_url": "http://127.0.0.1/a.png"}, "", nil)
	if code, _ := h.send(kind, body); code != "1070008" {
		t.Errorf("errcode %s, want 1070008", code)
	}
}

func TestUploadParamsInQuery(t *testing.T) {
	k := DefaultKnobs()
	k.UploadParamsInQuery = true
	h := openShop(t, Options{Knobs: &k})
	kind, body := form(nil, "a.png", pixel(1))
	got := h.request(http.MethodPost, uploadPath+"?resp_type=1&upload_type=0&access_token="+h.token, kind, body)
	if got["img_info"].(map[string]any)["temp_img_url"] == nil {
		t.Errorf("no link: %v", got)
	}
}

// TestPictureLinks follows one picture from upload into a reply and back.
func TestPictureLinks(t *testing.T) {
	for _, c := range []struct {
		knob         string
		same, stable bool // as submitted; from reply to reply
	}{
		{"kept", true, true},
		{"rewritten", false, true},
		{"changing", false, false},
	} {
		t.Run(c.knob, func(t *testing.T) {
			k := DefaultKnobs()
			k.PictureURLs = c.knob
			h := openShop(t, Options{Knobs: &k})
			h.openForBusiness()
			link := h.upload(1)
			if !matches(`^https://mmecimage\.cn/p/`+DefaultAppID+`/[\w-]+$`, link) {
				t.Errorf("uploaded as %s", link)
			}
			h.must("/shop/spu/add", h.blanket("b1", fields{"head_img": []string{link}}))
			read := func() string { return h.spu("b1", 1)["head_img"].([]any)[0].(string) }
			first, second := read(), read()
			if (first == link) != c.same || (first == second) != c.stable {
				t.Errorf("submitted %s\n  read %s\n  then %s", link, first, second)
			}
			h.must("/shop/spu/update", h.blanket("b1", fields{"head_img": []string{second}})) // a link from a reply may be sent back
		})
	}
}

func TestForeignPictures(t *testing.T) {
	k := DefaultKnobs()
	k.AcceptForeignPictures = true
	h := openShop(t, Options{Knobs: &k})
	h.openForBusiness()
	h.must("/shop/spu/add", h.blanket("b1", fields{"head_img": []string{"https://example.com/a.png", "https://example.com/a.png"}}))
	for _, link := range h.spu("b1", 1)["head_img"].([]any) {
		if !strings.HasPrefix(link.(string), "https://"+storeHost+"/") {
			t.Errorf("foreign picture comes back as %s", link)
		}
	}
}

func TestPicturesAreServed(t *testing.T) {
	for _, dir := range []string{"", t.TempDir()} {
		h := openShop(t, Options{Dir: dir})
		h.upload(77)
		var id string
		for id = range h.pictures {
		}
		w := httptest.NewRecorder()
		h.ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/img/"+id, nil))
		if w.Code != 200 || w.Header().Get("Content-Type") != "image/png" || !bytes.Equal(w.Body.Bytes(), pixel(77)) {
			t.Errorf("status %d, %s, %d bytes", w.Code, w.Header().Get("Content-Type"), w.Body.Len())
		}
		for _, id := range []string{"", "..", "../lock", "x"} {
			w := httptest.NewRecorder()
			h.ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/img/"+id, nil))
			if w.Code != 404 {
				t.Errorf("/img/%s: status %d, want 404", id, w.Code)
			}
		}
	}
}
