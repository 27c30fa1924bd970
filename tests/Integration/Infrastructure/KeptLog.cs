using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace ContestPipeline.Integration.Infrastructure;

/// <summary>Keeps what the pipeline itself logs, with its fields.</summary>
/// <param name="of">How the categories begin that are kept.</param>
public sealed class KeptLog(string of = "ContestPipeline.") : ILoggerFactory
{
    private readonly ConcurrentQueue<Line> lines = [];

    /// <summary>The lines about one contest, in order.</summary>
    public IReadOnlyList<Line> Of(string contestId) => [.. lines.Where(l => contestId.Equals(l["ContestId"]))];

    /// <summary>True when a line was written that has this field and a cause that begins so.</summary>
    public bool Has(string field, string cause) =>
        lines.Any(l => l[field] is not null && l["Cause"] is string given && given.StartsWith(cause, StringComparison.Ordinal));

    public ILogger CreateLogger(string categoryName) =>
        categoryName.StartsWith(of, StringComparison.Ordinal) ? new Keeper(lines) : NullLogger.Instance;

    public void AddProvider(ILoggerProvider provider) => throw new NotSupportedException();

    public void Dispose()
    {
    }

    /// <summary>One line; its fields by the names in the message's template.</summary>
    public sealed record Line(LogLevel Level, IReadOnlyDictionary<string, object?> Fields)
    {
        public object? this[string field] => Fields.GetValueOrDefault(field);
    }

    /// <summary>Writes into the common queue.</summary>
    private sealed class Keeper(ConcurrentQueue<Line> lines) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(
            LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (state is IEnumerable<KeyValuePair<string, object?>> fields)
                lines.Enqueue(new Line(logLevel, fields.ToDictionary(f => f.Key, f => f.Value)));
        }
    }
}
