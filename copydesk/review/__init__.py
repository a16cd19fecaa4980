"""Pages that show what became of documents: of one, of a site, of a whole build. They work from `file://`, without a server.

marked     a document's base text as marks: what became of each stretch, by which rule, how certainly
facts      what a record says, each value with its source, its place and the candidates that lost
frames     the page itself without anything that could act, with an anchor for every mark
tally      what the pages of sites and of the build show, gathered from records one by one
alarm      what moved since the last builds and days by more than chance explains
design     templates, style sheet and script, and how values get into them
site       writes the files that changed, and takes away those of documents that are gone
verdicts   what people said in the browser, as proposed rules and cases
"""
