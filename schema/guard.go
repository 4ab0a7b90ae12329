package schema

import (
	"bytes"
	"unicode/utf8"

	"github.com/shopctl/shopctl/lang"
)

// The limits that bytes must keep before the HCL parser sees them. The parser
// and the evaluator recurse without a limit, and a Go stack overflow cannot be
// caught: 100,000 nested brackets end the process.
const (
	maxDepth    = 200  // open brackets, quotes and templates
	maxUnary    = 200  // "-" and "!" in a row
	maxWeight   = 1000 // open brackets plus the operators of the expressions they stand in
	maxExponent = 400  // of a number; 1e100000000 takes minutes to print
	maxDigits   = 400  // of a number

	// Pieces of one text: lines of a heredoc, and signs $ and %. Longer ones may be
	// more, because the time for a byte is what counts.
	maxParts  = 4_000
	mostParts = 20_000
	partSize  = 32 // bytes a piece, beyond maxParts
)

// fault is why bytes are not given to the parser.
type fault struct {
	rule   rule
	at     int // byte offset
	why    lang.Text
	remedy lang.Text
}

// guardBytes checks what does not depend on the syntax.
func guardBytes(src []byte) *fault {
	if len(src) > maxSourceSize {
		return &fault{ruleFileTooLarge, 0,
			lang.F("The file has %d bytes; %d are allowed.", "文件有 %d 字节，上限为 %d 字节。", len(src), maxSourceSize),
			lang.T("Split it, or move its rows into a table (CSV).", "请拆分文件，或把数据移到表格（CSV）中。")}
	}
	if i := bytes.IndexByte(src, 0); i >= 0 {
		return &fault{ruleEncoding, i,
			lang.T("The file holds a NUL byte, so it is no text.", "文件含有 NUL 字节，不是文本文件。"),
			lang.T("Save it as UTF-8 text; binary files must not be named *.hcl.", "请保存为 UTF-8 文本；二进制文件不能以 .hcl 命名。")}
	}
	if !utf8.Valid(src) {
		return &fault{ruleEncoding, firstInvalid(src),
			lang.T("The bytes here are not valid UTF-8; perhaps the file was saved as GBK.", "此处不是有效的 UTF-8；文件可能以 GBK 保存。"),
			lang.T("Save the file as UTF-8 (tables may be GBK, catalog files may not).", "请把文件另存为 UTF-8（只有表格可以是 GBK）。")}
	}
	return nil
}

func firstInvalid(src []byte) int {
	for i := 0; i < len(src); {
		r, size := utf8.DecodeRune(src[i:])
		if r == utf8.RuneError && size == 1 {
			return i
		}
		i += size
	}
	return len(src)
}

// addFault places a fault in its file. Columns count characters here,
// like everywhere.
func (r *report) addFault(file string, src []byte, f *fault) {
	before := src[:min(f.at, len(src))]
	line := bytes.Count(before, []byte("\n"))
	column := utf8.RuneCount(before[bytes.LastIndexByte(before, '\n')+1:])
	at := Pos{Line: line + 1, Column: column + 1, Byte: len(before)}
	r.add(f.rule, Range{File: file, Start: at, End: at}, f.why, f.remedy)
}

func tooDeep(at int) *fault {
	return &fault{ruleTooDeep, at,
		lang.F("More than %d brackets are open here, or the expression has too many operators.", "此处嵌套的括号超过 %d 层，或表达式的运算符过多。", maxDepth),
		lang.T("Split the expression with locals.", "请用 locals 拆分表达式。")}
}

func tooManyParts(at int) *fault {
	return &fault{ruleTooDeep, at,
		lang.F("The text has more than %d pieces: lines of a heredoc, and signs $ and %%.", "文本的片段超过 %d 个：heredoc 的行，以及 $ 和 %% 符号。", maxParts),
		lang.T("Put it into a file and read it with file().", "请把它放进文件，再用 file() 读取。")}
}

func numberTooLarge(at int) *fault {
	return &fault{ruleNumberSize, at,
		lang.F("Exponents beyond ±%d and numbers of more than %d digits are refused.", "不接受超过 ±%d 的指数或超过 %d 位的数字。", maxExponent, maxDigits),
		lang.T("Write the number out, or as a string.", "请写出完整数字，或改为字符串。")}
}
