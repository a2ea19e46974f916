namespace FeedbackBot.Core.Storage;

/// <summary>How large a row is, by the rules of Azure Table storage.</summary>
internal static class EntitySize
{
    /// <summary>Headers of one part of a multipart batch, addresses and the JSON around the properties, generously.</summary>
    public const int PerWriteOverhead = 2048;

    private const int PropertyOverhead = 8 + 4;

    // The schema number travels as one more property.
    private const int SchemaBytes = PropertyOverhead + (2 * 16);

    private const int MaxNameLength = 255;

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
        var rowBytes = PropertyOverhead + SchemaBytes + (2L * (entity.Key.Partition.Length + entity.Key.Row.Length));
        var batchBytes = (long)PerWriteOverhead;
        foreach (var (name, value) in entity.Properties)
        {
            if (!IsValidName(name))
            {
                throw new StoreLimitException($"The row '{entity.Key.Row}' has a property '{name}', which is no name for a property.");
            }

            if (value.Length > StoreTransaction.MaxStringLength)
            {
                throw new StoreLimitException(
                    $"The property '{name}' of the row '{entity.Key.Row}' is over {StoreTransaction.MaxStringLength} characters.");
            }

            rowBytes += PropertyOverhead + (2L * (name.Length + value.Length));
            batchBytes += PropertyOverhead + name.Length + CheckedJsonBytes(entity.Key, name, value);
        }

        return rowBytes > StoreTransaction.MaxRowBytes
            ? throw new StoreLimitException($"The row '{entity.Key.Row}' is over {StoreTransaction.MaxRowBytes} bytes.")
            : batchBytes;
    }

    /// <summary>
    /// Table storage asks for a C# identifier and keeps three names for itself. A leading underscore is left to the stores,
    /// which have properties of their own to write.
    /// </summary>
    private static bool IsValidName(string name)
        => name.Length is > 0 and <= MaxNameLength
            && char.IsAsciiLetter(name[0])
            && name.All(static character => char.IsAsciiLetterOrDigit(character) || character == '_')
            && name is not ("PartitionKey" or "RowKey" or "Timestamp");

    /// <summary>
    /// Bytes of <paramref name="value"/> as a JSON string whose writer escapes all but plain ASCII. Half a surrogate pair
    /// is no text: it has no UTF-8 form, so one store would lose it and another would fail. It is refused here, for all.
    /// </summary>
    private static long CheckedJsonBytes(EntityKey key, string name, string value)
    {
        var bytes = 0L;
        for (var index = 0; index < value.Length; index++)
        {
            var character = value[index];
            if (char.IsSurrogate(character))
            {
                if (index + 1 == value.Length || !char.IsSurrogatePair(character, value[index + 1]))
                {
                    throw new StoreLimitException($"The property '{name}' of the row '{key.Row}' holds half a surrogate pair.");
                }

                bytes += 6;
                index++;
            }

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
