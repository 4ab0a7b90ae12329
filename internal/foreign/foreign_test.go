// Package foreign points a client that nobody here wrote at the sandbox: what
// both of ours misread in the same way would show here.
package foreign

import (
	"bytes"
	"encoding/json"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/shopctl/shopctl/provider/wechat/sandbox"
)

// replies are the errcodes that each call of client.js must meet, in order, and
// a word that the reply must hold.
var replies = []struct {
	call    string
	errcode int
	holds   string
}{
	{"/shop/img/upload", 0, "temp_img_url"},
	{"/shop/cat/get", 0, "third_cat_list"},
	{"/shop/account/update_info", 0, ""},
	{"/shop/spu/add", 0, `"out_product_id":"n1"`},
	{"/shop/spu/add", 1000012, "rid: "},
	{"/shop/spu/get", 0, "珊瑚绒毯子加厚"},
	{"/shop/spu/get_list", 0, `"status":5`},
	{"/shop/spu/update_without_audit", 0, `"out_product_id":"n1"`},
	{"/shop/spu/delisting", 0, ""},
	{"/shop/spu/del", 0, ""},
}

func TestEasyWeChat(t *testing.T) {
	node, err := exec.LookPath("node")
	if err != nil {
		t.Skip("needs Node.js, which is not here")
	}
	if _, err := os.Stat("node_modules/node-easywechat"); err != nil {
		t.Skip("needs the client: run npm ci --ignore-scripts in internal/foreign")
	}
	box, err := sandbox.New(sandbox.Options{Knobs: &sandbox.Knobs{}}) // reviews pass at once
	if err != nil {
		t.Fatal(err)
	}
	defer box.Close()
	server := httptest.NewServer(box)
	defer server.Close()

	cmd := exec.Command(node, absolute(t, "client.js"), server.URL, sandbox.DefaultAppID, sandbox.DefaultSecret,
		absolute(t, "../../examples/catalog/img/mug-01/1.png"))
	cmd.Dir = t.TempDir() // it keeps its token in the folder it runs in
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%v\n%s%s", err, out, &stderr)
	}
	lines := strings.Split(strings.TrimSpace(string(out)), "\n")
	if len(lines) != len(replies) {
		t.Fatalf("%d replies, want %d:\n%s", len(lines), len(replies), out)
	}
	for i, want := range replies {
		var got struct {
			Call  string
			Reply struct{ ErrCode int }
		}
		if err := json.Unmarshal([]byte(lines[i]), &got); err != nil {
			t.Fatalf("%v: %s", err, lines[i])
		}
		if got.Call != want.call || got.Reply.ErrCode != want.errcode || !strings.Contains(lines[i], want.holds) {
			t.Errorf("reply %d is %s\nwant %s with errcode %d and %q", i+1, lines[i], want.call, want.errcode, want.holds)
		}
	}
}

func absolute(t *testing.T, path string) string {
	t.Helper()
	full, err := filepath.Abs(path)
	if err != nil {
		t.Fatal(err)
	}
	return full
}
