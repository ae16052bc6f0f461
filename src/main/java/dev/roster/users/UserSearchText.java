package dev.roster.users;

import io.quarkus.hibernate.orm.panache.PanacheEntityBase;
import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.Table;
import java.util.UUID;
import org.hibernate.annotations.Immutable;

/**
 * What a user who is not deleted is searched by: the first 200 characters of the name, the address
 * and the user name, each after a blank and folded by {@code search_fold}. The database keeps it,
 * with indexes of its trigrams and of its pairs of characters.
 */
@Entity
@Immutable
@Table(name = "user_search")
public class UserSearchText extends PanacheEntityBase {

    /** Characters of a name that are searched. */
    public static final int NAME_LENGTH = 200;

    @Id
    @Column(name = "user_id")
    public UUID userId;

    public String text;
}
