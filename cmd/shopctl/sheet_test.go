package main

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/rogpeppe/go-internal/testscript"
	"github.com/xuri/excelize/v2"
)

// cmdCells prints the first sheet of a workbook.
func cmdCells(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: cells FILE.xlsx")
	}
	book, err := excelize.OpenFile(ts.MkAbs(args[0]))
	ts.Check(err)
	defer book.Close()
	rows, err := book.GetRows(book.GetSheetName(0), excelize.Options{RawCellValue: true})
	ts.Check(err)
	for _, row := range rows {
		fmt.Fprintln(ts.Stdout(), strings.ReplaceAll(strings.Join(row, "|"), "\n", "␤"))
	}
}

// cmdSetCell writes one cell of the first sheet; a number as a number.
func cmdSetCell(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 3 {
		ts.Fatalf("usage: setcell FILE.xlsx CELL VALUE")
	}
	book, err := excelize.OpenFile(ts.MkAbs(args[0]))
	ts.Check(err)
	defer book.Close()
	var value any = args[2]
	if n, err := strconv.ParseFloat(args[2], 64); err == nil {
		value = n
	}
	ts.Check(book.SetCellValue(book.GetSheetName(0), args[1], value))
	ts.Check(book.Save())
}
