using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;

namespace ContestPipeline.Plumbing;

/// <summary>The only assertion. Always on: what must hold is checked where money runs, not only where tests run.</summary>
public static class Invariant
{
    /// <param name="message">Built only when the condition fails.</param>
    /// <exception cref="InvariantException">The condition is false: a bug, never a reason to try again.</exception>
    public static void Holds([DoesNotReturnIf(false)] bool condition,
        [InterpolatedStringHandlerArgument(nameof(condition))] ref InvariantMessage message)
    {
        if (!condition) throw new InvariantException(message.ToString());
    }

    public static void Holds([DoesNotReturnIf(false)] bool condition, string message)
    {
        if (!condition) throw new InvariantException(message);
    }
}

/// <summary>Something that can not be, is. A bug or corrupt data; repeating will not mend it.</summary>
public sealed class InvariantException(string message) : Exception(message);

/// <summary>Formats the message of <see cref="Invariant.Holds(bool, ref InvariantMessage)"/> only if it is needed.</summary>
[InterpolatedStringHandler]
public ref struct InvariantMessage
{
    private DefaultInterpolatedStringHandler inner;
    private readonly bool failed;

    public InvariantMessage(int literalLength, int formattedCount, bool condition, out bool enabled)
    {
        enabled = failed = !condition;
        if (failed)
            inner = new DefaultInterpolatedStringHandler(
                literalLength, formattedCount, System.Globalization.CultureInfo.InvariantCulture);
    }

    public void AppendLiteral(string text) => inner.AppendLiteral(text);

    public void AppendFormatted<T>(T value) => inner.AppendFormatted(value);

    public void AppendFormatted<T>(T value, string? format) => inner.AppendFormatted(value, format);

    public override string ToString() => failed ? inner.ToStringAndClear() : "";
}
