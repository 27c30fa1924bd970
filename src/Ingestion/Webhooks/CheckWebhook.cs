using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Unicode;
using ContestPipeline.Contracts;

namespace ContestPipeline.Ingestion;

/// <summary>
/// Decides over one delivery: the signature first, over the bytes as they came, and only then what they say. Nothing beyond what
/// a record needs is asked of an event, so that a version of Stripe's objects that nobody here has seen is kept all the same.
/// </summary>
public static class CheckWebhook
{
    private const int IdCharactersMax = 255;
    private const int DigestCharacters = 16;
    private static readonly JsonDocumentOptions s_json = new() { MaxDepth = 64 };

    public static WebhookDecision Decide(WebhookRequest request, IReadOnlyList<string> secrets, bool isLive, DateTimeOffset now)
    {
        if (request.Signature is null) return Refuse("signature-missing", "There is no Stripe-Signature header.");
        switch (StripeSignature.Check(request.Body, request.Signature, secrets, now))
        {
            case SignatureCheck.Unreadable:
                return Refuse("signature-unreadable", "The Stripe-Signature header does not read t=…,v1=….");
            case SignatureCheck.Forged:
                return Refuse("signature-forged",
                    $"The signature was not made over this body with a secret of the {request.Endpoint} endpoint.");
            case SignatureCheck.Old:
                return Refuse("signature-old",
                    $"The signature is more than {StripeSignature.AgeSecondsMax} seconds away from the present.");
        }

        if (!Utf8.IsValid(request.Body)) return Refuse("body-invalid", "The body is no UTF-8 text.");
        try
        {
            using var document = JsonDocument.Parse(request.Body, s_json);
            return document.RootElement.ValueKind == JsonValueKind.Object
                ? Read(document.RootElement, request, isLive, now)
                : Refuse("body-invalid", "The body is no JSON object.");
        }
        catch (JsonException)
        {
            return Refuse("body-invalid", "The body is no JSON.");
        }
        catch (InvalidOperationException)
        {
            // An escape that stands for no character: names and strings are unescaped when they are asked for.
            return Refuse("body-invalid", "The body holds text that is no text.");
        }
    }

    private static WebhookDecision Read(JsonElement body, WebhookRequest request, bool isLive, DateTimeOffset now)
    {
        if (Text(body, "object") != "event") return Refuse("not-an-event", "The body's object is not 'event'.");
        if (Text(body, "id") is not { } id || !id.StartsWith("evt_", StringComparison.Ordinal) || !IsId(id))
            return Refuse("event-invalid", "The event's id is missing or does not begin with evt_.");
        if (Text(body, "type") is not { } type || !IsId(type))
            return Refuse("event-invalid", "The event's type is missing or is no name.");
        if (Created(body) is not { } created) return Refuse("event-invalid", "The event's created is missing or no time.");
        if (Member(body, "livemode") is not { ValueKind: JsonValueKind.True or JsonValueKind.False } livemode)
            return Refuse("event-invalid", "The event's livemode is missing or neither true nor false.");
        if (livemode.GetBoolean() != isLive && isLive && request.Endpoint == StripeEndpoints.Connect)
            return new WebhookDecision.PassOver("wrong-mode",
                "A test event on the live connect endpoint: Stripe sends both modes here, and only live ones are ours.");
        if (livemode.GetBoolean() != isLive)
            return Refuse("wrong-mode", $"The event is of {Mode(!isLive)} mode, and this is the {Mode(isLive)} environment.");
        if (Member(body, "data") is not { ValueKind: JsonValueKind.Object } data
            || Member(data, "object") is not { ValueKind: JsonValueKind.Object } subject)
            return Refuse("event-invalid", "The event's data.object is missing or no object.");
        if (HasLookalike(body, ["id", "type", "data", "account", "created"]) || HasLookalike(data, ["object"]))
            return Refuse("event-invalid", "A name of the event is written in capitals, which Stripe never does.");
        if (!IsAbsentOr(body, "api_version", IsVersion)) return Refuse("event-invalid", "The event's api_version is no version.");
        if (!IsAbsentOr(body, "account", IsId)) return Refuse("event-invalid", "The event's account is no id.");
        if (!IsAbsentOr(subject, "id", IsId)) return Refuse("event-invalid", "The id of the event's object is no id.");
        return Publish(request, id, type, created, Text(body, "account"), Text(subject, "id"), Text(body, "api_version"), now);
    }

    /// <summary>
    /// The key is that of the message, so that all a consumer learns of one account or object comes in the order of arrival.
    /// </summary>
    private static WebhookDecision.Publish Publish(
        WebhookRequest request, string id, string type, DateTimeOffset created, string? account, string? subject,
        string? apiVersion, DateTimeOffset now)
    {
        var digest = Convert.ToHexStringLower(SHA256.HashData(request.Body));
        return new WebhookDecision.Publish(account ?? subject ?? id, new StripeWebhookHeaders(
            "1.0", $"{id}/{digest[..DigestCharacters]}", "stripe.event", $"stripe/{request.Endpoint}", Written(created),
            "application/json", $"00-{digest[..32]}-{digest[32..48]}-01", request.Signature!, request.Endpoint, id, type,
            Written(now), subject, account, apiVersion));
    }

    private static WebhookDecision.Refuse Refuse(string reason, string sentence) => new(reason, sentence);

    private static string Mode(bool isLive) => isLive ? "live" : "test";

    private static string Written(DateTimeOffset time) =>
        time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.FFFFFFF'Z'", CultureInfo.InvariantCulture);

    private static JsonElement? Member(JsonElement of, string name) => of.TryGetProperty(name, out var value) ? value : null;

    /// <summary>
    /// The consumer's reader does not tell capitals apart: it would take such a member for the one that was checked here.
    /// </summary>
    private static bool HasLookalike(JsonElement of, string[] names) =>
        of.EnumerateObject()
            .Any(member =>
                names.Any(name => member.Name != name && member.Name.Equals(name, StringComparison.OrdinalIgnoreCase)));

    private static string? Text(JsonElement of, string name) =>
        Member(of, name) is { ValueKind: JsonValueKind.String } value ? value.GetString() : null;

    private static bool IsAbsentOr(JsonElement of, string name, Func<string, bool> fits) =>
        Member(of, name) is not { ValueKind: not JsonValueKind.Null } || Text(of, name) is { } text && fits(text);

    /// <summary>Printable and short: it becomes a record's key and headers.</summary>
    private static bool IsId(string text) => text.Length is > 0 and <= IdCharactersMax && text.All(c => c is > ' ' and <= '~');

    /// <summary><c>2026-10-28.endive</c>, or only a date as in older ones.</summary>
    private static bool IsVersion(string text) =>
        text.Length is >= 10 and <= 64
            && DateOnly.TryParseExact(text[..10], "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out _)
        && (text.Length == 10 || text[10] is '.' or ';' && IsId(text));

    private static DateTimeOffset? Created(JsonElement body) =>
        Member(body, "created") is { ValueKind: JsonValueKind.Number } value && value.TryGetInt64(out var seconds)
            && seconds is > 0 and <= uint.MaxValue
            ? DateTimeOffset.FromUnixTimeSeconds(seconds)
            : null;
}
