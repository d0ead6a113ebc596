-- Invented people: common Chilean names in random pairs, with telephone numbers and RUTs that nobody has.
SET VARIABLE women = string_split(
    'María José|Camila|Javiera|Valentina|Constanza|Catalina|Francisca|Antonia|Sofía|Isidora|Fernanda|Daniela|'
    'Carolina|Paula|Marcela|Claudia|Patricia|Verónica|Ximena|Rosa|Ana María|Elena|Gladys|Teresa|Carmen Gloria|'
    'Macarena|Bárbara|Trinidad|Josefa|Pía|Loreto|Soledad|Paz|Emilia|Amanda|Rayén|Millaray|Ignacia', '|'
);
SET VARIABLE men = string_split(
    'Juan Pablo|Matías|Benjamín|Vicente|Martín|Sebastián|Diego|Nicolás|Tomás|Felipe|Cristóbal|Joaquín|Ignacio|'
    'Francisco|José Luis|Luis|Manuel|Jorge|Carlos|Pedro|Sergio|Héctor|Raúl|Patricio|Rodrigo|Claudio|Mauricio|'
    'Gonzalo|Álvaro|Esteban|Hernán|Óscar|Iván|Lautaro|Nahuel|Agustín|Gaspar|Bastián', '|'
);
SET VARIABLE surnames = string_split(
    'González|Muñoz|Rojas|Díaz|Pérez|Soto|Contreras|Silva|Martínez|Sepúlveda|Morales|Rodríguez|López|Fuentes|'
    'Hernández|Torres|Araya|Flores|Espinoza|Valenzuela|Castillo|Tapia|Reyes|Gutiérrez|Castro|Pizarro|Álvarez|'
    'Vásquez|Sánchez|Fernández|Ramírez|Carrasco|Gómez|Cortés|Herrera|Núñez|Jara|Vergara|Rivera|Figueroa|'
    'Riquelme|García|Miranda|Bravo|Vera|Molina|Vega|Campos|Sandoval|Orellana|Cárdenas|Olivares|Alarcón|'
    'Gallardo|Ortiz|Garrido|Salazar|Guzmán|Henríquez|Saavedra|Navarro|Aguilera|Parra|Romero|Aravena|Vargas|'
    'Cáceres|Yáñez|Leiva|Escobar|Ruiz|Valdés|Vidal|Salinas|Zúñiga|Peña|Godoy|Lagos|Maldonado|Bustos|Medina|'
    'Pino|Palma|Moreno|Sanhueza|Carvajal|Navarrete|Sáez|Alvarado|Donoso|Poblete|Bustamante|Toro|Ortega|'
    'Venegas|Guerrero|Paredes|Farías|Mella|Huenchumán|Catrileo|Quispe|Mamani|Oyarzún|Barría|Ñancupil', '|'
);
SET VARIABLE mailboxes = weighted(
    ['correo.example', 'mail.example', 'casa.example', 'empresa.example'], [55, 25, 12, 8]
);

CREATE MACRO given_name(person_no) AS pick(
    CASE WHEN draw('gender', person_no) < 0.57 THEN getvariable('women') ELSE getvariable('men') END,
    draw('given name', person_no)
);
CREATE MACRO paternal_name(family_no) AS pick(getvariable('surnames'), draw('paternal', family_no));
CREATE MACRO maternal_name(person_no) AS pick(getvariable('surnames'), draw('maternal', person_no));
CREATE MACRO email_of(person_no, family_no) AS concat(
    replace(strip_accents(lower(given_name(person_no))), ' ', '.'), '.',
    strip_accents(lower(paternal_name(family_no))), person_no, '@',
    pick(getvariable('mailboxes'), draw('mailbox', person_no))
);

-- Buying habits: glasses every year or two, contact lenses every few months, once and never again, not yet.
SET VARIABLE profiles = weighted(['glasses', 'contacts', 'single', 'prospect'], [64, 22, 10, 4]);
