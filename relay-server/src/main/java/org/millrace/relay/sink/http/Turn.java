package org.millrace.relay.sink.http;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import org.jspecify.annotations.Nullable;
import org.millrace.api.Transaction;
import org.millrace.codec.EventBatch;
import org.millrace.codec.EventReader;

/** The events of one turn, and how far each has come. The sink's thread only. */
final class Turn {
    /** No answer yet, or none to come. */
    private static final int NO_ANSWER = 0;

    private final List<Post> posts = new ArrayList<>();
    private @Nullable IOException failure;
    /** Until a connection has outlived an answer: what is sent along would be sent in vain. */
    private boolean oneByOne;

    /** An event, by the reader that stands on it. */
    static final class Post {
        private final EventReader event;
        private int status = NO_ANSWER;
        private boolean isDone;
        private boolean isDeadLetter;

        Post(EventReader event) {
            this.event = event;
            this.isDone = event.bodyLength() == 0;
        }

        EventReader event() {
            return event;
        }

        /** 0: there is none. */
        int status() {
            return status;
        }

        /** There is nothing to send. */
        boolean isEmpty() {
            return event.bodyLength() == 0;
        }

        /** It leaves the channel. */
        void done() {
            isDone = true;
        }

        /** It leaves the channel for the dead letters. */
        void deadLetter() {
            isDone = true;
            isDeadLetter = true;
        }
    }

    /** @param batch lent, until the turn is over */
    void add(EventBatch batch) {
        EventReader event = batch.reader();
        while (event.next()) {
            posts.add(new Post(event.fork()));
        }
    }

    List<Post> posts() {
        return posts;
    }

    /** Posts what has to be posted, and waits for the answers. A connection that ends in good order is followed by another. */
    void run(HttpPeer peer) throws InterruptedException {
        List<Post> left = posts.stream().filter(post -> !post.isEmpty()).toList();
        try {
            while (!left.isEmpty()) {
                peer.connect();
                List<Post> next = oneByOne ? left.subList(0, 1) : left;
                int answered =
                        answered(next, peer.post(next.stream().map(Turn::body).toList()));
                if (answered < next.size()) {
                    peer.close(); // its end may not have been seen yet
                }
                oneByOne = !peer.isOpen();
                left = left.subList(answered, left.size());
            }
        } catch (IOException e) {
            failure = e;
        }
    }

    private static ByteBuf body(Post post) {
        EventReader event = post.event();
        return Unpooled.copiedBuffer(event.array(), event.bodyOffset(), event.bodyLength());
    }

    /** How many the server has looked at: all of them, unless it has closed the connection behind the last of these. */
    private static int answered(List<Post> sent, List<CompletableFuture<Integer>> answers)
            throws IOException, InterruptedException {
        for (int i = 0; i < sent.size(); i++) {
            try {
                sent.get(i).status = answers.get(i).get();
            } catch (ExecutionException e) {
                if (e.getCause() instanceof NotServedException) {
                    return i;
                }
                throw e.getCause() instanceof IOException known ? known : new IOException(e.getCause());
            }
        }
        return sent.size();
    }

    /** The server has closed the connection in order: the next one gets a single request, to see whether it stays. */
    boolean isOneByOne() {
        return oneByOne;
    }

    /** Why not all have an answer; null if they have. */
    @Nullable
    IOException failure() {
        return failure;
    }

    boolean isAllDone() {
        return posts.stream().allMatch(post -> post.isDone);
    }

    int notDone() {
        return (int) posts.stream().filter(post -> !post.isDone).count();
    }

    boolean hasDeadLetters() {
        return posts.stream().anyMatch(post -> post.isDone && post.isDeadLetter);
    }

    /** They cannot be written: they stay in the channel. */
    void keepDeadLetters() {
        posts.stream().filter(post -> post.isDeadLetter).forEach(post -> post.isDone = false);
    }

    /** Gives the events that are done to another transaction. */
    void handOver(Transaction from, Transaction to) {
        int first = 0;
        while (first < posts.size()) {
            int end = first;
            while (end < posts.size() && posts.get(end).isDone) {
                end++;
            }
            if (end > first) {
                from.handOver(first, end - first, to);
            }
            first = end + 1;
        }
    }
}
