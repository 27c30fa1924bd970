using Microsoft.Extensions.Logging;

namespace ContestPipeline.Demo;

/// <summary>Writes the log of the workers inside this process to a file, so that the screen stays free for the story.</summary>
public sealed class FileLog(string path) : ILoggerProvider
{
    private readonly StreamWriter file = new(path, append: true) { AutoFlush = true };
    private readonly Lock gate = new();

    public ILogger CreateLogger(string categoryName) => new Category(this, categoryName);

    public void Dispose()
    {
        lock (gate) file.Dispose();
    }

    private void Write(string line)
    {
        lock (gate)
        {
            try
            {
                if (file.BaseStream is { CanWrite: true }) file.WriteLine(line);
            }
            catch (IOException)
            {
                // A full disk is told of by those who need it for more than a log.
            }
        }
    }

    private sealed class Category(FileLog log, string name) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Information;

        public void Log<TState>(
            LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (IsEnabled(logLevel))
                log.Write($"{logLevel} {name}: {formatter(state, exception)}{(exception is null ? "" : "\n" + exception)}");
        }
    }
}
