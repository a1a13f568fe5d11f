package dev.weighbridge.gateway.cache;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import org.apache.lucene.codecs.KnnVectorsFormat;
import org.apache.lucene.document.Document;
import org.apache.lucene.document.Field;
import org.apache.lucene.document.KnnFloatVectorField;
import org.apache.lucene.document.NumericDocValuesField;
import org.apache.lucene.document.StringField;
import org.apache.lucene.index.DirectoryReader;
import org.apache.lucene.index.IndexWriter;
import org.apache.lucene.index.IndexWriterConfig;
import org.apache.lucene.index.LeafReaderContext;
import org.apache.lucene.index.NumericDocValues;
import org.apache.lucene.index.ReaderUtil;
import org.apache.lucene.index.Term;
import org.apache.lucene.index.TieredMergePolicy;
import org.apache.lucene.index.VectorSimilarityFunction;
import org.apache.lucene.search.IndexSearcher;
import org.apache.lucene.search.KnnFloatVectorQuery;
import org.apache.lucene.search.ScoreDoc;
import org.apache.lucene.store.ByteBuffersDirectory;
import org.apache.lucene.util.VectorUtil;

/**
 * Vectors of length 1 in a graph of neighbours in memory (HNSW: Malkov and Yashunin, arXiv 1603.09320, as Lucene has it). Changed
 * in batches, as each change makes a segment and a new reader. One thread changes it at a time; any number searches.
 */
final class VectorIndex {
    /** Most values of a vector, by Lucene's standard format. */
    static final int MOST_DIMENSIONS = KnnVectorsFormat.DEFAULT_MAX_DIMENSIONS;

    private static final String ID = "id";
    private static final String NUMBER = "number";
    private static final String VECTOR = "vector";
    private static final int SEGMENTS_PER_TIER = 2;

    private final IndexWriter writer;

    VectorIndex() {
        try {
            // Each segment is searched by itself, so the fewer the better; merging keeps the graph of the largest.
            TieredMergePolicy merges = new TieredMergePolicy();
            merges.setSegmentsPerTier(SEGMENTS_PER_TIER);
            // A document has no analysed text, so the writer needs no analyzer.
            writer = new IndexWriter(
                    new ByteBuffersDirectory(),
                    new IndexWriterConfig(null).setUseCompoundFile(false).setMergePolicy(merges));
        } catch (IOException e) {
            throw new UncheckedIOException("an index in memory cannot be made", e);
        }
    }

    /** A vector and the id that it is found by. */
    record Item(long id, float[] vector) {}

    /**
     * What is near a vector.
     *
     * @param similarity cosine, from -1 to 1
     */
    record Neighbour(long id, double similarity) {}

    /** Cosine of two vectors of length 1, with the same rounding as that of {@link State#nearest}. */
    static double similarity(float[] first, float[] second) {
        return similarity((1 + VectorUtil.dotProduct(first, second)) / 2);
    }

    /** Lucene's score of a dot product is (1 + cosine) / 2. */
    private static double similarity(float score) {
        return Math.max(-1, Math.min(1, 2.0 * score - 1));
    }

    /** Takes in and out a batch; the state after it is to be released by its holder. */
    State change(List<Item> added, List<Long> removed) {
        try {
            for (long id : removed) {
                writer.deleteDocuments(term(id));
            }
            for (Item item : added) {
                Document document = new Document();
                document.add(new StringField(ID, Long.toString(item.id()), Field.Store.NO));
                document.add(new NumericDocValuesField(NUMBER, item.id()));
                document.add(new KnnFloatVectorField(VECTOR, item.vector(), VectorSimilarityFunction.DOT_PRODUCT));
                writer.addDocument(document);
            }
            return new State(DirectoryReader.open(writer));
        } catch (IOException e) {
            throw new UncheckedIOException(
                    "a batch of " + added.size() + " vectors cannot be taken into an index in memory", e);
        }
    }

    private static Term term(long id) {
        return new Term(ID, Long.toString(id));
    }

    /** Ends it; states that are still held stay searchable. */
    void close() {
        try {
            // Ends merges in the background, whose result nobody needs.
            writer.rollback();
        } catch (IOException e) {
            throw new UncheckedIOException("an index in memory cannot be closed", e);
        }
    }

    /** The index after one batch, for as long as it is held. */
    static final class State {
        private final IndexSearcher searcher;

        private State(DirectoryReader reader) {
            this.searcher = new IndexSearcher(reader);
            searcher.setQueryCache(null);
        }

        /** Holds it once more. */
        State hold() {
            searcher.getIndexReader().incRef();
            return this;
        }

        /** Holds it once less. */
        void release() {
            try {
                searcher.getIndexReader().decRef();
            } catch (IOException e) {
                throw new UncheckedIOException("a reader in memory cannot be closed", e);
            }
        }

        /**
         * The nearest ones, best first; approximate.
         *
         * @param count also the width of the search: the more, the surer is the first
         */
        List<Neighbour> nearest(float[] vector, int count) {
            try {
                ScoreDoc[] found = searcher.search(new KnnFloatVectorQuery(VECTOR, vector, count), count).scoreDocs;
                List<Neighbour> neighbours = new ArrayList<>(found.length);
                for (ScoreDoc one : found) {
                    neighbours.add(new Neighbour(id(one.doc), similarity(one.score)));
                }
                return neighbours;
            } catch (IOException e) {
                throw new UncheckedIOException("an index in memory cannot be searched", e);
            }
        }

        private long id(int document) throws IOException {
            List<LeafReaderContext> leaves = searcher.getIndexReader().leaves();
            LeafReaderContext leaf = leaves.get(ReaderUtil.subIndex(document, leaves));
            NumericDocValues numbers = leaf.reader().getNumericDocValues(NUMBER);
            if (numbers == null || !numbers.advanceExact(document - leaf.docBase)) {
                throw new IllegalStateException("document " + document + " has no number");
            }
            return numbers.longValue();
        }
    }
}
