namespace FeedbackBot.Core.Storage;

/// <summary>How large a row is, by the rules of Azure Table storage.</summary>
internal static class EntitySize
{
    /// <summary>Headers of one part of a multipart batch, addresses and the JSON around the properties, generously.</summary>
    public const int PerWriteOverhead = 2048;

    private const int PropertyOverhead = 8 + 4;

    /// <summary>
    /// The bytes <paramref name="entity"/> takes in a batch.
    /// Throws <see cref="StoreLimitException"/> where a property or the row is over its limit.
    /// </summary>
    public static long CheckedBatchBytes(Entity entity)
    {
        if (entity.Properties.Count > StoreTransaction.MaxProperties)
        {
            throw new StoreLimitException($"The row '{entity.Key.Row}' has more than {StoreTransaction.MaxProperties} properties.");
        }

        // Stored size: UTF-16 keys, names and values, and a fixed part for each.
        var rowBytes = PropertyOverhead + (2L * (entity.Key.Partition.Length + entity.Key.Row.Length));
        var batchBytes = (long)PerWriteOverhead;
        foreach (var (name, value) in entity.Properties)
        {
            if (value.Length > StoreTransaction.MaxStringLength)
            {
                throw new StoreLimitException(
                    $"The property '{name}' of the row '{entity.Key.Row}' is over {StoreTransaction.MaxStringLength} characters.");
            }

            rowBytes += PropertyOverhead + (2L * (name.Length + value.Length));
            batchBytes += PropertyOverhead + name.Length + JsonBytes(value);
        }

        return rowBytes > StoreTransaction.MaxRowBytes
            ? throw new StoreLimitException($"The row '{entity.Key.Row}' is over {StoreTransaction.MaxRowBytes} bytes.")
            : batchBytes;
    }

    /// <summary>Bytes of <paramref name="value"/> as a JSON string whose writer escapes all but plain ASCII.</summary>
    private static long JsonBytes(string value)
    {
        var bytes = 0L;
        foreach (var character in value)
        {
            bytes += character switch
            {
                '"' or '\\' => 2,
                >= ' ' and <= '~' => 1,
                _ => 6,
            };
        }

        return bytes;
    }
}
