using System.Text.Json.Nodes;

namespace ContestPipeline.StripeSimulator.Core;

/// <summary>Makes of the answer that a request would get the one that the table says.</summary>
internal static class AnswerShaping
{
    private const string ProxyPage = "<html><head><title>Bad gateway</title></head><body>upstream connect error</body></html>";

    /// <returns>The answer of a request that is not executed; null when it is.</returns>
    public static SimResponse? Instead(TableAnswer? answer) => answer?.Shape switch
    {
        AnswerShape.Refused => StripeErrors.Of(answer, saved: false),
        AnswerShape.ProxyPage => Proxied(answer),
        _ => null,
    };

    /// <returns>The answer of a request that is refused in execution; null when it is not.</returns>
    public static SimResponse? InExecution(TableAnswer? answer) =>
        answer?.Shape == AnswerShape.RefusedForGood ? StripeErrors.Of(answer, saved: true) : null;

    /// <summary>What the caller gets to see; an idempotency key keeps what it would have been.</summary>
    /// <param name="now">Seconds since 1970.</param>
    public static SimResponse Shown(TableAnswer? answer, SimResponse response, long now)
    {
        if (answer is null || response.Status != 200) return response;
        return answer.Shape switch
        {
            AnswerShape.ProxyPageAfter => Proxied(answer) with { Headers = response.Headers },
            AnswerShape.NoObject => response with { Body = ProxyPage },
            AnswerShape.EmptyObject => response with { Body = "{}" },
            AnswerShape.EmptyPage => Page(response, (list, items) => End(list, [])),
            AnswerShape.ShortPage => Page(response, (list, items) =>
            {
                if (items.Count < 2) return;
                End(list, [items[0]]);
                list["has_more"] = true;
            }),
            AnswerShape.CutPage => Page(response, (list, items) => list.Remove("has_more")),
            AnswerShape.LatePage =>
                Page(response,
                    (list, items) =>
                        End(list,
                            [.. items.Where(item =>
                                item["created"]?.GetValue<long>() <= now - (long)AnswerTable.Late.TotalSeconds)])),
            AnswerShape.Edited => Objects(response, Edit),
            _ => response,
        };
    }

    private static SimResponse Proxied(TableAnswer answer) => new(answer.Status, ProxyPage, IsSaved: false);

    private static SimResponse Page(SimResponse response, Action<JsonObject, IReadOnlyList<JsonNode>> change)
    {
        var list = JsonNode.Parse(response.Body)!.AsObject();
        if (list["data"] is not JsonArray items) return response;
        change(list, [.. items.Select(item => item!)]);
        return response with { Body = list.ToJsonString() };
    }

    /// <summary>
    /// An end that shows no more than these; whether more follow stays as it was, unless nothing is left from which to go on.
    /// </summary>
    private static void End(JsonObject list, IReadOnlyList<JsonNode> items)
    {
        list["data"] = new JsonArray([.. items.Select(item => item.DeepClone())]);
        if (items.Count == 0) list["has_more"] = false;
    }

    private static SimResponse Objects(SimResponse response, Action<JsonObject> change)
    {
        var root = JsonNode.Parse(response.Body)!.AsObject();
        if (root["data"] is JsonArray items)
        {
            foreach (var item in items) change(item!.AsObject());
        }
        else
        {
            change(root);
        }

        return response with { Body = root.ToJsonString() };
    }

    private static void Edit(JsonObject shown)
    {
        if (shown.ContainsKey("metadata")) shown["metadata"] = new JsonObject { ["written_by"] = "somebody else" };
    }
}
