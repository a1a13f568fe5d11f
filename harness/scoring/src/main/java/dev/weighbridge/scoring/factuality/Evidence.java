package dev.weighbridge.scoring.factuality;

import dev.weighbridge.scoring.ScoringException;
import dev.weighbridge.scoring.instruction.Sentences;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.apache.lucene.analysis.core.WhitespaceAnalyzer;
import org.apache.lucene.document.Document;
import org.apache.lucene.document.Field;
import org.apache.lucene.document.StoredField;
import org.apache.lucene.document.TextField;
import org.apache.lucene.index.DirectoryReader;
import org.apache.lucene.index.IndexWriter;
import org.apache.lucene.index.IndexWriterConfig;
import org.apache.lucene.index.StoredFields;
import org.apache.lucene.index.Term;
import org.apache.lucene.search.BooleanClause;
import org.apache.lucene.search.BooleanQuery;
import org.apache.lucene.search.IndexSearcher;
import org.apache.lucene.search.ScoreDoc;
import org.apache.lucene.search.TermQuery;
import org.apache.lucene.search.similarities.BM25Similarity;
import org.apache.lucene.store.ByteBuffersDirectory;

/**
 * Passages of documents, found by BM25 (Robertson and Zaragoza, Foundations and Trends in IR 3(4), 2009; Lucene's k1 1.2, b 0.75)
 * over the stems and numbers of a claim. Passages are three sentences each, the last of one being the first of the next. Held in
 * memory. Safe for use by several threads at once.
 */
public final class Evidence {
    /** Characters of all documents together. */
    public static final int MOST_CHARACTERS = 64_000_000;

    private static final int SENTENCES = 3;
    private static final int STEP = 2;
    private static final int LONGEST_PASSAGE = 4000;
    private static final int MOST_TERMS = 200;
    private static final String TERMS = "terms";
    private static final String TEXT = "text";

    private final IndexSearcher searcher;

    private Evidence(IndexSearcher searcher) {
        this.searcher = searcher;
    }

    /**
     * Evidence of documents.
     *
     * @throws ScoringException when they are too large together
     */
    public static Evidence of(Iterable<String> documents) {
        ByteBuffersDirectory directory = new ByteBuffersDirectory();
        IndexWriterConfig config = new IndexWriterConfig(new WhitespaceAnalyzer()).setSimilarity(new BM25Similarity());
        try {
            try (IndexWriter writer = new IndexWriter(directory, config)) {
                long characters = 0;
                for (String document : documents) {
                    characters += document.length();
                    if (characters > MOST_CHARACTERS) {
                        throw new ScoringException("the evidence has more than " + MOST_CHARACTERS
                                + " characters, more than are held in memory. Take fewer documents.");
                    }
                    for (String passage : passages(document)) {
                        writer.addDocument(entry(passage));
                    }
                }
                writer.forceMerge(1);
            }
            IndexSearcher searcher = new IndexSearcher(DirectoryReader.open(directory));
            searcher.setSimilarity(new BM25Similarity());
            return new Evidence(searcher);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Document entry(String passage) {
        Content content = Content.of(passage);
        Document entry = new Document();
        entry.add(new TextField(
                TERMS, String.join(" ", content.stems()) + " " + String.join(" ", content.numbers()), Field.Store.NO));
        entry.add(new StoredField(TEXT, passage));
        return entry;
    }

    private static List<String> passages(String document) {
        List<String> sentences = new ArrayList<>();
        for (String line : document.lines().toList()) {
            for (int from = 0; from < line.length(); from += LONGEST_PASSAGE) {
                sentences.addAll(Sentences.of(line.substring(from, Math.min(line.length(), from + LONGEST_PASSAGE))));
            }
        }
        List<String> passages = new ArrayList<>();
        for (int from = 0; from < sentences.size(); from += STEP) {
            int end = Math.min(sentences.size(), from + SENTENCES);
            passages.add(String.join(" ", sentences.subList(from, end)));
            if (end == sentences.size()) {
                break;
            }
        }
        return passages;
    }

    /** Passages. */
    public int size() {
        return searcher.getIndexReader().numDocs();
    }

    /** The passages that speak most of what a claim does, the best first; fewer where fewer share a word with it. */
    public List<String> best(String claim, int most) {
        Content content = Content.of(claim);
        BooleanQuery.Builder query = new BooleanQuery.Builder();
        int terms = 0;
        for (Set<String> kind : List.of(content.numbers(), content.stems())) {
            for (String term : kind) {
                if (++terms <= MOST_TERMS) {
                    query.add(new TermQuery(new Term(TERMS, term)), BooleanClause.Occur.SHOULD);
                }
            }
        }
        try {
            List<String> passages = new ArrayList<>();
            StoredFields stored = searcher.storedFields();
            for (ScoreDoc found : searcher.search(query.build(), most).scoreDocs) {
                passages.add(stored.document(found.doc).get(TEXT));
            }
            return passages;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
