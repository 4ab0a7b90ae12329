package view

// Version is which program this is.
type Version struct {
	Version  string   `json:"version"`
	Commit   string   `json:"commit"`   // of git, "" when it is not known
	Modified bool     `json:"modified"` // built from files that differ from the commit
	Date     string   `json:"date"`     // of the commit, RFC 3339, "" when it is not known
	Go       string   `json:"go"`
	Platform string   `json:"platform"`
	Modules  []Module `json:"modules"`
}

// Module is a library that the program is made of.
type Module struct {
	Path    string `json:"path"`
	Version string `json:"version"`
}

// versionDocument nests the program's version, because "version" at the top of
// a document is that of the document.
type versionDocument struct {
	Envelope
	Program Version `json:"program"`
}

// Version prints which program this is.
func (v *View) Version(x Version) error {
	if v.Format == JSON {
		return writeJSON(v.Out, versionDocument{Envelope{"version", 1}, x})
	}
	p := v.outPage()
	p.line(0, raw("shopctl "+x.Version+" ("+x.Go+", "+x.Platform+")"))
	if x.Commit != "" {
		built := []span{both("commit ", "提交 "), raw(x.Commit + " " + x.Date)}
		if x.Modified {
			built = append(built, both(", with local changes", "（含本地改动）"))
		}
		p.line(0, built...)
	}
	for _, m := range x.Modules {
		p.line(2, raw(m.Path+" "+m.Version).as(faint))
	}
	return p.flush(v.Out)
}
