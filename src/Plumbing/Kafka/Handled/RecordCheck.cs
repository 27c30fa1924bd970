using ContestPipeline.Contracts;

namespace ContestPipeline.Plumbing;

/// <summary>What is wrong with a record of an input topic, as its worker would answer on the topic of rejections.</summary>
public sealed record RecordFault(string Reason, string? Field, string? Expected, string? Got);

/// <summary>Reads a record as a worker does, without being one. Pure.</summary>
public static class RecordCheck
{
    /// <param name="envelope">Of a topic whose bodies are JSON of the type that <c>ce_type</c> names.</param>
    /// <param name="fault">Null when there is a message.</param>
    /// <returns>The message; null when the record cannot be read as one.</returns>
    public static IMessage? Message(Envelope envelope, out RecordFault? fault)
    {
        fault = null;
        switch (EnvelopeReader.Read(envelope, custom: null))
        {
            case DecodeResult.Decoded(var message):
                return message;
            case DecodeResult.Malformed wrong:
                fault = new RecordFault(wrong.Reason, wrong.Field, wrong.Expected, wrong.Got);
                return null;
            case var other:
                throw new InvariantException($"a record without a reader of its own was read as {other}");
        }
    }
}
