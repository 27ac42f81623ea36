package org.millrace.load;

import com.sun.management.OperatingSystemMXBean;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;

/** What our threads, our process and the machine take of the processors, by the JVM's own figures. */
final class ProcessorTime implements OwnEffort {
    private final ThreadMXBean threads = ManagementFactory.getThreadMXBean();
    private final OperatingSystemMXBean machine = ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class);
    private final List<Executor> loops;
    private final Queue<Mark> loopMarks = new ConcurrentLinkedQueue<>();
    private Mark sender = new Mark(0, 0, 0);
    private long processNanos;

    /** A thread's processor time at a moment. */
    private record Mark(long thread, long cpuNanos, long atNanos) {}

    ProcessorTime(List<Executor> loops) {
        this.loops = List.copyOf(loops);
    }

    @Override
    public void begin() {
        machine.getCpuLoad(); // the next one tells of the time since
        processNanos = machine.getProcessCpuTime();
        sender = mark();
        loops.forEach(loop -> loop.execute(() -> loopMarks.add(mark())));
    }

    @Override
    public Share end() {
        double busiestLoop =
                loopMarks.stream().mapToDouble(this::shareSince).max().orElse(Double.NaN);
        double wallNanos = Math.max(1, System.nanoTime() - sender.atNanos());
        double process = (machine.getProcessCpuTime() - processNanos)
                / wallNanos
                / Runtime.getRuntime().availableProcessors();
        double load = machine.getCpuLoad();
        return new Share(shareSince(sender), busiestLoop, load < 0 ? Double.NaN : load, process);
    }

    private Mark mark() {
        long thread = Thread.currentThread().getId();
        return new Mark(thread, threads.getThreadCpuTime(thread), System.nanoTime());
    }

    private double shareSince(Mark mark) {
        long cpuNanos = threads.getThreadCpuTime(mark.thread());
        return cpuNanos < 0
                ? Double.NaN
                : (double) (cpuNanos - mark.cpuNanos()) / Math.max(1, System.nanoTime() - mark.atNanos());
    }
}
